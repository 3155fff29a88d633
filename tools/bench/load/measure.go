package load

import (
	"os"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// Server is what a run needs to know about the server it loads.
type Server interface {
	// Addr returns host:port of the client listener.
	Addr() string
	// WebSocketAddr returns host:port of the WebSocket listener, if the server was started with one.
	WebSocketAddr() string
	// CPU returns the processor time used since the server started.
	CPU() (time.Duration, error)
	// RSS returns the resident memory in bytes.
	RSS() (int64, error)
}

// Measurement is the result of one run.
type Measurement struct {
	Messages int64         // deliveries, or messages published where nobody subscribes
	Elapsed  time.Duration // wall clock from the first to the last of them
	CPU      time.Duration // processor time of the server in that span
	LoadCPU  time.Duration // processor time of this process in that span
	P50, P99 time.Duration // latency from write to receipt; zero where it has no meaning
	RSS      int64         // resident memory of the server at the end, in bytes
}

// CPUPerMillion returns the seconds of server processor time per million messages, which is the
// same number as microseconds per message.
func (m Measurement) CPUPerMillion() float64 {
	return m.CPU.Seconds() / float64(m.Messages) * 1e6
}

// Rate returns messages per second.
func (m Measurement) Rate() float64 { return float64(m.Messages) / m.Elapsed.Seconds() }

// stopwatch holds the readings taken at the start of a measured span.
type stopwatch struct {
	server Server
	wall   time.Time
	cpu    time.Duration
	own    time.Duration
}

func startWatch(s Server) (stopwatch, error) {
	cpu, err := s.CPU()
	if err != nil {
		return stopwatch{}, err
	}
	own, err := proc.CPU(os.Getpid())
	if err != nil {
		return stopwatch{}, err
	}
	return stopwatch{server: s, wall: time.Now(), cpu: cpu, own: own}, nil
}

// stop returns the measurement of the span, in which the given number of messages passed.
func (w stopwatch) stop(messages int64) (Measurement, error) {
	m := Measurement{Messages: messages, Elapsed: time.Since(w.wall)}
	cpu, err := w.server.CPU()
	if err != nil {
		return m, err
	}
	own, err := proc.CPU(os.Getpid())
	if err != nil {
		return m, err
	}
	m.CPU, m.LoadCPU = cpu-w.cpu, own-w.own
	m.RSS, err = w.server.RSS()
	return m, err
}
