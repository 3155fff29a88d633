package libs

import (
	"net"

	"github.com/dunlin-mq/dunlin/wsframe"
	"github.com/dunlin-mq/dunlin/wsframe/deflate"
)

// Messages is wsframe for who wants whole messages and nothing to do with pieces.
// It writes as Wsframe does.
type Messages struct{}

// Name implements Library.
func (Messages) Name() string { return "wsframe.Messages" }

// Module implements Library.
func (Messages) Module() string { return "github.com/dunlin-mq/dunlin/wsframe" }

// Receiver implements Reader.
func (Messages) Receiver(c net.Conn, compressed bool) (Receiver, error) {
	in := wsframe.NewMessages(wsframe.Rules{Compression: compressed}, maxMessage, deflate.InflateTo)
	return func(n int, handle func([]byte)) error {
		buf := make([]byte, ReadBuffer)
		for n > 0 {
			k, err := c.Read(buf)
			if err != nil {
				return err
			}
			for b := buf[:k]; len(b) > 0; {
				p, k, err := in.Next(b)
				if err != nil {
					return err
				}
				if p.Kind == wsframe.KindData {
					handle(p.Payload)
					n--
				}
				b = b[k:]
			}
		}
		return nil
	}, nil
}
