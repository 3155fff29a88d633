package conn

import (
	"errors"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// inflate gives the contents of a compressed message to the session, piece by
// piece, so that one that grows out of all proportion takes no more memory
// than others.
func (w *wsCodec) inflate(message []byte) error {
	if w.emit == nil {
		w.emit = w.pass
	}
	err := deflate.InflateTo(message, w.limits.plain, w.emit)
	switch {
	case errors.Is(err, deflate.ErrTooLarge):
		return ErrTooMuch
	case errors.Is(err, deflate.ErrCorrupt):
		return &wsframe.Error{Code: wsframe.StatusInvalidPayload, Text: err.Error()}
	}
	return err
}

// pass copies inflated bytes to where decoded ones go.
func (w *wsCodec) pass(b []byte) error {
	for len(b) > 0 {
		room, err := w.dst.room()
		if err != nil {
			return err
		}
		n := copy(room, b)
		w.dst.filled(n)
		b = b[n:]
	}
	return nil
}
