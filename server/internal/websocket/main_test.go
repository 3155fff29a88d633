package websocket

import (
	"os"
	"testing"

	"github.com/dunlin-mq/dunlin/server/internal/chunk"
	"github.com/dunlin-mq/dunlin/server/internal/leaktest"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Run(m, chunk.Held)) }
