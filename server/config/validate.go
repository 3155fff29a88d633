package config

import (
	"errors"
	"fmt"
)

// Validate returns everything that keeps a server from starting with o, joined:
// first what concerns several options, then values out of their bounds. It
// looks at o as it is with its defaults, which need not be filled in.
func (o *Options) Validate() error {
	o = o.WithDefaults()
	var errs []error
	if grace, total := o.LameDuck.GracePeriod, o.LameDuck.Duration; grace >= total {
		errs = append(errs, fmt.Errorf("lame duck grace period (%s) should be strictly lower than lame duck duration (%s)", grace, total))
	}
	if payload, pending := o.Limits.MaxPayload, o.Limits.MaxPending; int64(payload) > pending {
		errs = append(errs, fmt.Errorf("max_payload (%d) cannot be higher than max_pending (%d)", payload, pending))
	}
	for _, p := range o.accessProblems() {
		errs = append(errs, errors.New(p.Message))
	}
	if err := o.checkNoAuthUser(o.NoAuthUser); err != nil {
		errs = append(errs, err)
	}
	errs = append(errs, o.operatorProblems()...)
	if name := o.SystemAccount; name != "" && name != systemAccount && o.account(name) == nil && !o.Operators.Enabled() {
		errs = append(errs, errors.New("error resolving system account: account missing"))
	}
	errs = append(errs, o.WebSocket.problems(o.Operators.Enabled())...)
	errs = append(errs, o.webSocketAccessProblems()...)
	for i := range root.Options {
		row := &root.Options[i]
		if row.bind == nil {
			continue
		}
		if why := row.bind.check(row, o); why != "" {
			errs = append(errs, errors.New(why))
		}
	}
	return errors.Join(errs...)
}

// webSocketAccessProblems returns what keeps clients of the WebSocket listener
// from logging in.
func (o *Options) webSocketAccessProblems() []error {
	w := &o.WebSocket
	if !w.Enabled() {
		return nil
	}
	var errs []error
	users := len(o.Authorization.Users) > 0
	for i := range o.Accounts {
		users = users || len(o.Accounts[i].Users) > 0
	}
	switch {
	case w.Login.User != "" && users:
		errs = append(errs, errors.New("websocket authentication username not compatible with presence of users/nkeys"))
	case w.Login.Token != "" && users:
		errs = append(errs, errors.New("websocket authentication token not compatible with presence of users/nkeys"))
	}
	if err := o.checkNoAuthUser(w.NoAuthUser); err != nil {
		errs = append(errs, fmt.Errorf("websocket: %w", err))
	}
	return errs
}

// CheckMonitor returns why the endpoints cannot be served, in the words in which
// the server logs it before it gives up. Unlike what [Options.Validate] finds,
// it is found out when the listeners start.
func (o *Options) CheckMonitor() error {
	m := &o.Monitor
	switch {
	case m.HTTPPort != 0 && m.HTTPSPort != 0:
		return fmt.Errorf("can't specify both HTTP (%d) and HTTPs (%d) ports", m.HTTPPort, m.HTTPSPort)
	case m.HTTPSPort != 0 && o.TLS == nil:
		return errors.New("TLS cert and key required for HTTPS")
	default:
		return nil
	}
}
