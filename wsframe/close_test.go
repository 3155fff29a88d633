package wsframe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendClose(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 124)
	rows := []struct {
		name   string
		code   CloseCode
		reason string
		want   string
	}{
		{"code and reason", StatusGoingAway, "Server Shutdown", "\x88\x11\x03\xe9Server Shutdown"},
		{"code alone", StatusNormal, "", "\x88\x02\x03\xe8"},
		{"empty", 0, "", "\x88\x00"},
		{"rule 38: 1005 is not sent", StatusNoStatus, "x", "\x88\x00"},
		{"rule 38: 1006 is not sent", StatusAbnormal, "x", "\x88\x00"},
		{"rule 38: 1015 is not sent", StatusTLSHandshake, "x", "\x88\x00"},
		{"rule 42: the longest reason", StatusNormal, long[:123], "\x88\x7d\x03\xe8" + long[:123]},
		{"rule 42: a longer reason is cut", StatusNormal, long, "\x88\x7d\x03\xe8" + long[:120] + "..."},
		{"rule 42: not within a character of two bytes", StatusNormal, long[:119] + "éxxxxx", "\x88\x7c\x03\xe8" + long[:119] + "..."},
		{"rule 42: not within a character of four bytes", StatusNormal, long[:117] + "\U0001f600xxxx", "\x88\x7a\x03\xe8" + long[:117] + "..."},
		{"rule 42: behind a character that fits", StatusNormal, long[:118] + "éxxxxx", "\x88\x7d\x03\xe8" + long[:118] + "é..."},
		{"rule 31: a reason that is not UTF-8 is mended", StatusNormal, "a\xffb", "\x88\x05\x03\xe8a?b"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			plain := AppendClose(nil, row.code, row.reason)
			if d := cmp.Diff(row.want, string(plain)); d != "" {
				t.Errorf("AppendClose (-want +got):\n%s", d)
			}
			masked := AppendMaskedClose(nil, testKey, row.code, row.reason)
			if d := cmp.Diff(read(t, Rules{FromServer: true}, 0, plain), read(t, Rules{}, 0, masked)); d != "" {
				t.Errorf("AppendMaskedClose (-plain +masked):\n%s", d)
			}
		})
	}
}

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[CloseCode]bool{
		0: false, 999: false, 1000: true, 1003: true, 1004: false, 1005: false, 1006: false, 1007: true, 1012: true,
		1014: true, 1015: false, 1016: false, 2999: false, 3000: true, 3999: true, 4000: true, 4999: true, 5000: false, 65535: false,
	} {
		if got := code.Valid(); got != want {
			t.Errorf("%d: Valid = %v", code, got)
		}
	}
}

func TestParseClose(t *testing.T) {
	t.Parallel()
	type result struct {
		Code   CloseCode
		Reason string
		Err    *Error
	}
	rows := []struct {
		payload string
		want    result
	}{
		{"", result{}},
		{"\x03\xe8", result{Code: 1000}},
		{"\x0f\xa0why", result{Code: 4000, Reason: "why"}},
		{"\x03", result{Err: errCloseLength}},
		{"\x03\xed", result{Err: &Error{StatusProtocolError, "invalid close status code 1005"}}},
		{"\x03\xe8\x80", result{Err: errCloseUTF8}},
		{"\x03\xed\x80", result{Err: &Error{StatusProtocolError, "invalid close status code 1005"}}},
	}
	for _, row := range rows {
		code, reason, err := ParseClose([]byte(row.payload))
		got := result{Code: code, Reason: string(reason)}
		got.Err, _ = err.(*Error)
		if d := cmp.Diff(row.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", row.payload, d)
		}
	}
}

func TestErrorAsCloseFrame(t *testing.T) {
	t.Parallel()
	if got := errUnmasked.Error(); got != "mask bit missing" {
		t.Errorf("Error = %q", got)
	}
	got := string(errUnmasked.AppendClose(nil))
	if want := "\x88\x12\x03\xeamask bit missing"; got != want {
		t.Errorf("AppendClose = %q, want %q", got, want)
	}
}
