package wsconn

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/dunlin-mq/dunlin/wsframe"
)

func TestBytesGoBothWays(t *testing.T) {
	t.Parallel()
	for mode, p := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			client, server := pair(t, p, 0)
			go func() {
				s := server.Bytes()
				_, _ = io.Copy(s, s)
				_ = s.Close()
			}()
			var c net.Conn = client.Bytes()
			go func() {
				for b := []byte(many); len(b) > 0; {
					n, err := c.Write(b[:min(len(b), 7000)])
					if err != nil {
						return
					}
					b = b[n:]
				}
				_, _ = c.Write(nil) // is no message
			}()
			got := make([]byte, len(many))
			if _, err := io.ReadFull(c, got); err != nil || string(got) != many {
				t.Errorf("the bytes changed: %v", err)
			}
			if err := c.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
			if n, err := c.Read(got); n != 0 || err != io.EOF {
				t.Errorf("reading afterwards: %d, %v", n, err)
			}
		})
	}
}

// Empty messages are no end, and where messages end is not seen.
func TestBytesReader(t *testing.T) {
	t.Parallel()
	in := bytes.Join([][]byte{
		masked(wsframe.Binary, true, ""), masked(wsframe.Binary, true, "ab"), masked(wsframe.Binary, false, "c"),
		masked(wsframe.Ping, true, ""), masked(0, true, ""), masked(wsframe.Binary, true, "d"),
		wsframe.AppendMaskedClose(nil, key, 1000, ""),
	}, nil)
	c, _ := fed(bytes.NewReader(in), nil, 0)
	if err := iotest.TestReader(c.Bytes(), []byte("abcd")); err != nil {
		t.Error(err)
	}
}

func TestEndsOfBytes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		in   []byte
		ok   func(error) bool
		sent string
	}{
		{"closed", wsframe.AppendMaskedClose(nil, key, 1001, ""), func(err error) bool { return err == io.EOF }, "\x88\x02\x03\xe9"},
		{"closed without a code", wsframe.AppendMaskedClose(nil, key, 0, ""), func(err error) bool { return err == io.EOF }, "\x88\x00"},
		{"closed for a reason", wsframe.AppendMaskedClose(nil, key, 1011, ""), func(err error) bool {
			var closed *CloseError
			return errors.As(err, &closed) && closed.Code == 1011
		}, "\x88\x02\x03\xf3"},
		{"text", masked(wsframe.Text, true, "hello"), func(err error) bool {
			var broken *wsframe.Error
			return errors.As(err, &broken) && broken.Code == wsframe.StatusUnsupportedData
		}, "\x88\x16\x03\xebbinary messages only"},
		{"hung up", nil, func(err error) bool { return err == io.ErrUnexpectedEOF }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, f := fed(bytes.NewReader(bytes.Clone(tt.in)), nil, 0)
			s := c.Bytes()
			for range 2 {
				if _, err := s.Read(make([]byte, 8)); !tt.ok(err) {
					t.Errorf("got %v", err)
				}
			}
			if got := f.out.String(); got != tt.sent {
				t.Errorf("sent %q", got)
			}
			if _, err := s.Write([]byte("x")); err != ErrClosed {
				t.Errorf("Write: %v", err)
			}
		})
	}
}

func TestDeadlinesOfBytes(t *testing.T) {
	t.Parallel()
	client, server := pair(t, nil, 0)
	c := client.Bytes()
	if c.LocalAddr() != client.NetConn().LocalAddr() || c.RemoteAddr() != client.NetConn().RemoteAddr() {
		t.Error("addresses are others")
	}
	for name, set := range map[string]func(time.Time) error{"both": c.SetDeadline, "reading": c.SetReadDeadline} {
		if err := set(time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go server.WriteMessage(wsframe.Binary, []byte("late"))
	b := make([]byte, 8)
	if n, err := c.Read(b); err != nil || string(b[:n]) != "late" {
		t.Errorf("afterwards: %q, %v", b[:n], err)
	}
	if err := c.SetWriteDeadline(time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(strings.Repeat("x", 1<<20))); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("writing: %v", err)
	}
}
