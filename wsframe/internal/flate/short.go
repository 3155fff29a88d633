package flate

// ShortMax is the size in bytes up to which [Encoder.AppendShort] may be used:
// positions have eight bits.
const ShortMax = 1<<8 - 1

const (
	// shortBits is the size of the table of positions, which has to be cleared
	// each time and stays in the first cache.
	shortBits = 8
	// shortPrime spreads four bytes.
	shortPrime = 2654435761
	// A match saves eight bits a byte and costs about shortCost with the fixed
	// codes: seven or eight for the length, five for the distance, and some
	// extra bits.
	shortCost = 18
	// shortGain is how many bits have to be saved: less is not worth the time
	// on either side.
	shortGain = 48
	// tiny is the size in bytes up to which the best way is always looked for:
	// the header of a stored block counts there.
	tiny = 32
)

// AppendShort is [Encoder.Append] for a short message without history. It needs
// no [Matcher], whose table is far larger than the message, and stores what has
// nothing to gain.
func (e *Encoder) AppendShort(dst, src []byte) []byte {
	w := bitWriter{out: dst}
	saved := e.findShort(src)
	// From minDynamic on, codes of its own may help a block without matches.
	if saved < shortGain && len(src) > tiny && len(src)*8 < minDynamic {
		e.writeStored(&w, src)
	} else {
		e.write(&w, src)
	}
	w.reserve(1)
	w.put(stored<<1, 3)
	w.align()
	return append(w.out, streamTail...)
}

// findShort finds matches in src and returns how many bits they save, about.
func (e *Encoder) findShort(src []byte) (saved int) {
	var table [1 << shortBits]uint8 // positions and one, so that 0 is none
	emitted, n, last := 0, 0, len(src)-tailBytes
	for s := 0; s <= last; {
		v := load32(src, s)
		h := v * shortPrime >> (32 - shortBits)
		c := int(table[h]) - 1
		table[h] = uint8(s + 1)
		if c < 0 || load32(src, c) != v {
			s++
			continue
		}
		stop := s + checked + matchLen(src, s+checked, c+checked, len(src))
		saved += 8*(stop-s) - shortCost
		e.matches[n] = match{uint32(s - emitted), uint16(stop - s), uint16(s - c)}
		n++
		s, emitted = stop, stop
	}
	e.n = n
	return saved
}
