package api

// A pedantic request wants exactly what it says: where the server would silently make
// something else of it, the request is refused instead.

// pedantic is the error of such a request.
func pedantic(why string) *Error { return Known(10157, why) }

// Complete returns the configuration that a request asks for, with everything filled in
// that was left out. What is wrong with it Validate tells.
func (r *StreamConfigRequest) Complete(b *Bounds) (*StreamConfig, *Error) {
	if r.Pedantic {
		if e := r.checkPedantic(b); e != nil {
			return nil, e
		}
	}
	return r.WithDefaults(b), nil
}

// checkPedantic returns what WithDefaults would change against the words of a
// configuration.
func (c *StreamConfig) checkPedantic(b *Bounds) *Error {
	for _, l := range []struct {
		name  string
		value int64
	}{
		{"max_msgs", c.MaxMsgs}, {"max_msgs_per_subject", c.MaxMsgsPer}, {"max_bytes", c.MaxBytes},
		{"max_msg_size", int64(c.MaxMsgSize)}, {"max_consumers", int64(c.MaxConsumers)},
	} {
		if l.value < -1 {
			return pedantic(l.name + " must be set to -1")
		}
	}
	if c.Duplicates == 0 && c.Mirror == nil && len(c.Sources) == 0 {
		switch {
		case b.Duplicates > 0 && b.Duplicates < DefaultDuplicates:
			return pedantic("duplicate window limits are higher than current limits")
		case c.MaxAge > 0 && c.MaxAge < DefaultDuplicates:
			return pedantic("duplicate window cannot be bigger than max age")
		}
	}
	if e := c.checkImplied(); e != nil {
		return e
	}
	if r := c.Republish; r != nil {
		full := c.fullRepublish()
		switch {
		case r.Source == "":
			return pedantic("republish source can not be empty")
		case full.Source != r.Source:
			return pedantic("implicit republish based on subject transform")
		}
	}
	return nil
}

// checkImplied returns which permission is missing that a feature would turn on.
func (c *StreamConfig) checkImplied() *Error {
	markers := c.DeleteMarkerTTL >= minDeleteMarker // shorter ones are refused in any case
	switch {
	case (markers || c.AllowMsgSchedules) && c.AllowRollup && c.DenyPurge:
		return ErrInvalidConfig("roll-ups require the purge permission")
	case markers && !c.AllowMsgTTL:
		return ErrInvalidConfig("subject delete marker cannot be set if message TTLs are disabled")
	case markers && !c.AllowRollup:
		return ErrInvalidConfig("subject delete marker cannot be set if roll-ups are disabled")
	case c.AllowMsgSchedules && !c.AllowRollup:
		return ErrInvalidConfig("message scheduling cannot be set if roll-ups are disabled")
	}
	return nil
}
