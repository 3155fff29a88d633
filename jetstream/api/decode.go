package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Decode reads the body of a request into v. Fields that nobody knows are a mistake
// if strict. The error is ErrInvalidJSON.
func Decode(body []byte, v any, strict bool) *Error {
	d := json.NewDecoder(bytes.NewReader(body))
	if strict {
		d.DisallowUnknownFields()
	}
	err := d.Decode(v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("invalid character after top-level value")
		}
	}
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	case errors.As(err, &syntax):
		err = fmt.Errorf("%w at offset %d", err, syntax.Offset)
	}
	return ErrInvalidJSON(err)
}

// DecodeOptional is Decode for a body that may be anything: only one that begins like
// JSON is looked at.
func DecodeOptional(body []byte, v any, strict bool) *Error {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return nil
	}
	return Decode(body, v, strict)
}

// IsEmpty reports whether a body says nothing.
func IsEmpty(body []byte) bool {
	if len(bytes.TrimSpace(body)) == 0 {
		return true
	}
	var m map[string]any
	return json.Unmarshal(body, &m) == nil && len(m) == 0
}
