package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/dunlin-mq/dunlin/tools/bench/load"
	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// Scale adapts the workloads to the time that the user has.
type Scale struct {
	Divide int64         // of the number of messages
	Settle time.Duration // of idle clients
}

// Workload is one row of the benchmark.
type Workload struct {
	ID      string // stable
	About   string
	Server  proc.Options
	Targets []Target // none if it only informs
	Run     func(context.Context, load.Server, Scale) (Values, error)
}

// workloads returns all of them, in the order of the report. The numbers of messages make one
// measurement last one to four seconds on two cores of the year 2025.
func workloads() []Workload {
	return slices.Concat(coreWorkloads(), webSocketWorkloads(), accessWorkloads(), jetStreamWorkloads())
}

// coreWorkloads are those over the plain client port.
func coreWorkloads() []Workload {
	return []Workload{
		stream("pub-16", "publish only, 16 B", cpuRatio(0.5), load.Stream{Publishers: 1, Size: 16, Messages: 8_000_000}),
		stream("1to1-16", "1:1, 16 B", cpuRatio(0.4), load.Stream{Publishers: 1, Subscribers: 1, Size: 16, Messages: 4_000_000}),
		stream("1to1-128", "1:1, 128 B", cpuRatio(0.4), load.Stream{Publishers: 1, Subscribers: 1, Size: 128, Messages: 3_000_000}),
		stream("1to1-1k", "1:1, 1 KiB", cpuRatio(0.55), load.Stream{Publishers: 1, Subscribers: 1, Size: 1 << 10, Messages: 1_500_000}),
		stream("1to1-64k", "1:1, 64 KiB", cpuRatio(0.65), load.Stream{Publishers: 1, Subscribers: 1, Size: 64 << 10, Messages: 60_000}),
		stream("1to10-128", "1:10, 128 B", cpuRatio(0.4), load.Stream{Publishers: 1, Subscribers: 10, Size: 128, Messages: 600_000}),
		stream("1to100-128", "1:100, 128 B", cpuRatio(0.4), load.Stream{Publishers: 1, Subscribers: 100, Size: 128, Messages: 100_000}),
		stream("1to100-4k", "1:100, 4 KiB", cpuRatio(0.65), load.Stream{Publishers: 1, Subscribers: 100, Size: 4 << 10, Messages: 10_000}),
		stream("1to10-256k", "1:10, 256 KiB", cpuRatio(0.8), load.Stream{Publishers: 1, Subscribers: 10, Size: 256 << 10, Messages: 2_000}),
		stream("4to4-128", "4 publishers to one subscriber each, 128 B", cpuRatio(0.4), load.Stream{Shape: load.Pairs, Publishers: 4, Subscribers: 4, Size: 128, Messages: 4_000_000}),
		stream("queue-4to4-128", "4 publishers to a queue group of 4, 128 B", cpuRatio(0.4), load.Stream{Shape: load.Queue, Publishers: 4, Subscribers: 4, Size: 128, Messages: 2_000_000}),
		manySubjects(),
		requestReply(),
		idleMemory(),
		stalledSubscriber(),
	}
}

// cpuRatio is the usual target: processor time relative to the reference.
func cpuRatio(limit float64) []Target {
	return []Target{{Quantity: cpuPerMillion, Limit: limit}}
}

// stream is a workload that runs a load.Stream once.
func stream(id, about string, targets []Target, s load.Stream) Workload {
	return Workload{ID: id, About: about, Targets: targets,
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			m, err := scaled(s, scale).Run(ctx, server)
			return valuesOf(m), err
		}}
}

// comparison is a workload that runs a plain stream first and then a harder one on the same
// server, and relates the two.
func comparison(w Workload, plain, hard load.Stream) Workload {
	w.Run = func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
		base, err := scaled(plain, scale).Run(ctx, server)
		if err != nil {
			return nil, fmt.Errorf("plain case: %w", err)
		}
		m, err := scaled(hard, scale).Run(ctx, server)
		v := valuesOf(m)
		v[ownCPU] = m.CPUPerMillion() / base.CPUPerMillion()
		v[ownRate] = m.Rate() / base.Rate()
		return v, err
	}
	return w
}

func manySubjects() Workload {
	one := load.Stream{
		Shape: load.Keys, Publishers: 1, Subscribers: 1, Size: 128, Messages: 1_000_000,
		Subjects: 10_000, Used: 1, Wildcards: 10_000,
	}
	many := one
	many.Used = many.Subjects
	return comparison(Workload{
		ID:    "many-subjects",
		About: "1:1 over 10,000 literal subjects in random order beside 10,000 wildcard subscriptions, 128 B; base: one of the subjects",
		Targets: []Target{
			{Quantity: cpuPerMillion, Limit: 0.2},
			{Quantity: ownCPU, Own: true, Limit: 1.5},
		},
	}, one, many)
}

func stalledSubscriber() Workload {
	// Long enough to see the stalled one reach its 64 MiB of pending data and be cut off.
	nine := load.Stream{Publishers: 1, Subscribers: 9, Size: 1 << 10, Messages: 250_000}
	ten := nine
	ten.Stalled = 1
	w := comparison(Workload{
		ID:    "stalled-subscriber",
		About: "1:10, 1 KiB, one subscriber never reads; base: without it",
		Targets: []Target{
			// The others must not notice; the last tenth is noise, the staller's share of the writing
			// and the memory it makes the server hold.
			{Quantity: ownRate, Own: true, AtLeast: true, Limit: 0.9},
		},
	}, nine, ten)
	run := w.Run
	w.Run = func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
		scale.Divide = min(scale.Divide, 2) // shorter, it would miss the cutting off
		return run(ctx, server, scale)
	}
	return w
}

func requestReply() Workload {
	return Workload{
		ID:    "request-reply",
		About: "request and reply, one in flight, 16 B",
		Targets: []Target{
			{Quantity: p50, Limit: 0.8},
			{Quantity: p99, Limit: 0.8},
			{Quantity: cpuPerMillion, Limit: 0.7},
		},
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			r := load.RequestReply{Size: 16, Requests: 30_000 / int(scale.Divide)}
			m, err := r.Run(ctx, server)
			return valuesOf(m), err
		},
	}
}

func idleMemory() Workload {
	return Workload{
		ID:      "idle-memory",
		About:   "2,000 idle clients with one subscription each",
		Targets: []Target{{Quantity: idleRSS, Limit: 0.25}},
		Run:     idle(load.TCP),
	}
}

// idle runs idle clients.
func idle(t load.Transport) func(context.Context, load.Server, Scale) (Values, error) {
	return func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
		bytes, err := load.Idle{Transport: t, Clients: 2_000, Settle: scale.Settle}.Run(ctx, server)
		return Values{idleRSS: bytes / 1024}, err
	}
}

// scaled divides the messages of the stream.
func scaled(s load.Stream, scale Scale) load.Stream {
	s.Messages /= scale.Divide
	return s
}

func valuesOf(m load.Measurement) Values {
	v := Values{
		cpuPerMillion: m.CPUPerMillion(),
		rate:          m.Rate(),
		rss:           float64(m.RSS) / (1 << 20),
		loadCPU:       m.LoadCPU.Seconds() / m.CPU.Seconds(),
	}
	if m.P50 > 0 {
		v[p50] = float64(m.P50) / float64(time.Microsecond)
		v[p99] = float64(m.P99) / float64(time.Microsecond)
	}
	return v
}

// selectWorkloads returns those whose whole ID matches the pattern, a regular expression or a list
// of them with commas between.
func selectWorkloads(all []Workload, pattern string) ([]Workload, error) {
	re, err := regexp.Compile("^(?:" + strings.ReplaceAll(pattern, ",", "|") + ")$")
	if err != nil {
		return nil, fmt.Errorf("-workloads: %w", err)
	}
	var out []Workload
	for _, w := range all {
		if re.MatchString(w.ID) {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("-workloads: no workload matches %q", pattern)
	}
	return out, nil
}
