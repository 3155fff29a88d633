package protocol

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	type entry struct {
		Text   string
		Closes bool
		Reason string
	}
	closes := func(text, reason string) entry { return entry{text, true, reason} }
	keeps := func(text string) entry { return entry{text, false, "Unknown State"} }
	rows := []struct {
		err  *Error
		want entry
	}{
		{ErrUnknownOperation, closes("Unknown Protocol Operation", "Protocol Violation")},
		{ErrAuthorization, closes("Authorization Violation", "Authentication Failure")},
		{ErrAuthorization.WithReason(ProxyRequired), closes("Authorization Violation", "Proxy Required")},
		{ErrAuthorization.WithReason(ProxyNotTrusted), closes("Authorization Violation", "Proxy Not Trusted")},
		{ErrAuthTimeout, closes("Authentication Timeout", "Authentication Timeout")},
		{ErrUserExpired, closes("User Authentication Expired", "Authentication Expired")},
		{ErrUserRevoked, closes("User Authentication Revoked", "Credentials Revoked")},
		{ErrAccountExpired, closes("Account Authentication Expired", "Authentication Expired")},
		{ErrAccountRegistration.WithReason(MissingAccount), closes("Failed Account Registration", "Missing Account")},
		{ErrMaxConnections, closes("maximum connections exceeded", "Maximum Connections Exceeded")},
		{ErrMaxAccountConnections, closes("maximum account active connections exceeded", "Maximum Account Connections Exceeded")},
		{ErrMaxSubscriptions, keeps("maximum subscriptions exceeded")},
		{ErrMaxControlLine, closes("maximum control line exceeded", "Maximum Control Line Exceeded")},
		{ErrMaxPayload, closes("Maximum Payload Violation", "Maximum Message Payload Exceeded")},
		{ErrInvalidSubject, keeps("Invalid Subject")},
		{ErrInvalidPublishSubject, keeps("Invalid Publish Subject")},
		{PublishViolation("a.b"), keeps(`Permissions Violation for Publish to "a.b"`)},
		{PublishViolation("a\"\r\nb"), keeps(`Permissions Violation for Publish to "a\"\r\nb"`)},
		{ReplyViolation("_R_.zz"), keeps(`Permissions Violation for Publish with Reply of "_R_.zz"`)},
		{SubscribeViolation("a", ""), keeps(`Permissions Violation for Subscription to "a"`)},
		{SubscribeViolation("a", "q"), keeps(`Permissions Violation for Subscription to "a" using queue "q"`)},
		{SubscriptionRevoked("a", "", "1"), keeps(`Permissions Violation for Subscription to "a" (sid "1")`)},
		{SubscriptionRevoked("a", "q", "1"), keeps(`Permissions Violation for Subscription to "a" using queue "q" (sid "1")`)},
		{TooManyTokens("x.y"), keeps(`Permissions Violation for Subscription to "x.y", too many tokens`)},
		{ErrStaleConnection, closes("Stale Connection", "Stale Connection")},
		{ErrTLSRequired, closes("Secure Connection - TLS Required", "TLS Handshake Failure")},
		{ErrThrottled, closes("Connection throttling is active. Please try again later.", "Maximum Connections Exceeded")},
		{ErrClientProtocol, closes("invalid client protocol", "Bad Client Protocol Version")},
		{ErrNoRespondersHeaders, closes("no responders requires headers support", "No Responders Requires Headers")},
		{ErrRoutePort, closes("attempted to connect to route port", "Incorrect Port")},
		{ErrLeafNodePort, closes("attempted to connect to leaf node port", "Incorrect Port")},
		{ErrGatewayPort, closes("attempted to connect to gateway port", "Incorrect Port")},
		{ErrArguments, closes("", "Protocol Violation")},
		{ErrSize, closes("", "Protocol Violation")},
		{ErrUnsafeToken, closes("", "Protocol Violation")},
		{ErrHeadersNotSupported, closes("", "Protocol Violation")},
		{ErrConnectJSON, closes("", "Protocol Violation")},
		{ErrInfoJSON, closes("", "Protocol Violation")},
		{ErrClientError, closes("", "Parse Error")},
	}
	for _, row := range rows {
		got := entry{row.err.Text(), row.err.Closes(), row.err.Reason().String()}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%v (-want +got):\n%s", row.err, diff)
		}
		if row.err.Error() == "" {
			t.Errorf("%+v says nothing to the log", row.want)
		}
	}
}

func TestErrorsAreInstancesOfTheirEntry(t *testing.T) {
	t.Parallel()
	rows := []struct {
		err  error
		kind error
		not  error
	}{
		{PublishViolation("a"), ErrPermissions, ErrInvalidSubject},
		{ErrAuthorization.WithReason(ProxyRequired), ErrAuthorization, ErrAuthTimeout},
		{ErrArguments.detail("x"), ErrArguments, ErrSize},
		{fmt.Errorf("cid 5: %w", ErrMaxPayload.detail("x")), ErrMaxPayload, ErrMaxControlLine},
		{ErrStaleConnection, ErrStaleConnection, ErrAuthTimeout},
	}
	for _, row := range rows {
		if !errors.Is(row.err, row.kind) {
			t.Errorf("%v is no %v", row.err, row.kind)
		}
		if errors.Is(row.err, row.not) {
			t.Errorf("%v is a %v", row.err, row.not)
		}
		var e *Error
		if !errors.As(row.err, &e) {
			t.Errorf("%v is no *Error", row.err)
		}
	}
}

func TestCloseReasonNames(t *testing.T) {
	t.Parallel()
	want := []string{
		"Unknown State", "Client Closed", "Authentication Timeout", "Authentication Failure",
		"TLS Handshake Failure", "Slow Consumer (Pending Bytes)", "Slow Consumer (Write Deadline)",
		"Write Error", "Read Error", "Parse Error", "Stale Connection", "Protocol Violation",
		"Bad Client Protocol Version", "Incorrect Port", "Maximum Connections Exceeded",
		"Maximum Account Connections Exceeded", "Maximum Message Payload Exceeded",
		"Maximum Control Line Exceeded", "Maximum Subscriptions Exceeded", "Duplicate Route",
		"Route Removed", "Server Shutdown", "Authentication Expired", "Wrong Gateway",
		"Missing Account", "Credentials Revoked", "Internal Client", "Message Header Violation",
		"No Responders Requires Headers", "Cluster Name Conflict",
		"Duplicate Remote LeafNode Connection", "Duplicate Client ID", "Duplicate Server Name",
		"Minimum Version Required", "Cluster Names Identical", "Kicked", "Proxy Not Trusted",
		"Proxy Required", "Unknown State",
	}
	var got []string
	for r := CloseReason(0); r <= ProxyRequired+1; r++ {
		got = append(got, r.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if got := CloseReason(255).String(); got != "Unknown State" {
		t.Errorf("name of an unknown reason: %q", got)
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	want := []string{
		"unknown", "CONNECT", "PUB", "HPUB", "SUB", "UNSUB", "PING", "PONG", "INFO", "+OK", "-ERR",
		"MSG", "HMSG", "unknown",
	}
	var got []string
	for k := Kind(0); k <= KindHMsg+1; k++ {
		got = append(got, k.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
