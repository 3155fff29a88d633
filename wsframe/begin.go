package wsframe

// header reads a header from b, or keeps what b has of it.
func (r *Reader) header(b []byte) (n int, err *Error) {
	if r.nheld == 0 {
		size, err := r.begin(b)
		if size > 0 || err != nil {
			return size, err
		}
		r.nheld = uint8(copy(r.held[:], b))
		return len(b), nil
	}
	for _, c := range b {
		r.held[r.nheld] = c
		r.nheld++
		n++
		size, err := r.begin(r.held[:r.nheld])
		if err != nil {
			return n, err
		}
		if size > 0 {
			r.nheld = 0
			break
		}
	}
	return n, nil
}

// begin begins the frame whose header b starts with; size is 0 if some of it is
// missing. Then only what there is was checked and nothing changed, and the
// checks stand in the order of the bytes: so a peer reads the same complaint
// however its bytes are cut, and as early as can be.
func (r *Reader) begin(b []byte) (size int, err *Error) {
	if len(b) == 0 {
		return 0, nil
	}
	if err := r.checkReserved(b[0]); err != nil {
		return 0, err
	}
	if len(b) == 1 {
		return 0, nil
	}
	masked := b[1]&bitMask != 0
	if masked == r.rules.FromServer && !r.rules.MaskOptional {
		if masked {
			return 0, errMasked
		}
		return 0, errUnmasked
	}
	if err := r.checkOpcode(b[0], b[1]&lowLength); err != nil {
		return 0, err
	}
	length, end, err := payloadLength(b)
	if err != nil {
		return 0, err
	}
	if end > len(b) {
		return 0, nil
	}
	op := Opcode(b[0] & lowOpcode)
	if err := r.checkLimits(op, length); err != nil {
		return 0, err
	}
	if masked {
		end += 4
		if end > len(b) {
			return 0, nil
		}
		r.key, r.phase = [4]byte(b[end-4:]), 0
	}
	r.masked, r.left, r.state = masked, length, statePayload
	r.control = op.IsControl()
	if r.control {
		r.op = op
	} else {
		r.beginData(b[0], op, length)
	}
	return end, nil
}

func (r *Reader) beginData(b0 byte, op Opcode, length uint64) {
	if op != Continuation {
		r.message = message{op: op, compressed: b0&bitRSV1 != 0}
	}
	r.fin = b0&bitFin != 0
	r.message.open = !r.fin
	r.message.fragments++
	r.message.announced += length
}

func (r *Reader) checkReserved(b0 byte) *Error {
	if b0&(bitRSV2|bitRSV3) != 0 {
		return errReserved
	}
	if b0&bitRSV1 != 0 && !r.rules.Compression {
		return errNotNegotiated
	}
	return nil
}

func (r *Reader) checkOpcode(b0, length byte) *Error {
	switch op := Opcode(b0 & lowOpcode); op {
	case Continuation:
		if !r.message.open || b0&bitRSV1 != 0 {
			return errContinuation
		}
	case Text, Binary:
		if r.message.open {
			return errInterleaved
		}
	case Close, Ping, Pong:
		switch {
		case length > MaxControl:
			return errControlLength
		case b0&bitFin == 0:
			return errControlFragment
		case b0&bitRSV1 != 0:
			return errControlRSV1
		}
	default:
		return errOpcode(op)
	}
	return nil
}

// checkLimits compares what the message would have with this frame to what it
// may have.
func (r *Reader) checkLimits(op Opcode, length uint64) *Error {
	if op.IsControl() {
		return nil
	}
	var announced uint64
	var fragments int
	if op == Continuation {
		announced, fragments = r.message.announced, r.message.fragments
	}
	if most := r.rules.MaxMessage; most > 0 && length > most-announced {
		return errMessageSize
	}
	if most := r.rules.MaxFragments; most > 0 && fragments >= most {
		return errFragments
	}
	return nil
}
