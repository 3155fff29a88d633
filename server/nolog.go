package server

// discard is the log of a server that has none.
type discard struct{}

func (discard) Infof(string, ...any)  {}
func (discard) Warnf(string, ...any)  {}
func (discard) Errorf(string, ...any) {}
func (discard) Debugf(string, ...any) {}
func (discard) Tracef(string, ...any) {}
func (discard) DebugEnabled() bool    { return false }
func (discard) TraceEnabled() bool    { return false }
