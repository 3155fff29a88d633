package main

import "fmt"

// Names of the quantities that workloads measure. They are stable: recorded results use them.
const (
	cpuPerMillion = "cpu_s_per_million" // server processor seconds per million messages
	rate          = "msgs_per_s"
	p50           = "p50_us"
	p99           = "p99_us"
	rss           = "rss_mib"        // resident memory of the server under this load
	idleRSS       = "kib_per_client" // resident memory per idle client
	ownCPU        = "cpu_vs_base"    // processor time relative to the same server's plain case
	ownRate       = "rate_vs_base"   // throughput relative to the same server's plain case
	startCPU      = "start_cpu_s"    // processor seconds from the start of the server to its first client
	loadCPU       = "load_cpu_share" // processor time of the load relative to the server's
)

// Values maps quantities to what one round measured.
type Values map[string]float64

// Target is what dunlin promises about one quantity.
type Target struct {
	Quantity string
	// Own targets look at server A's value alone, others at the ratio A/B.
	Own bool
	// AtLeast targets are met from Limit upwards, others up to Limit.
	AtLeast bool
	Limit   float64
}

// met reports whether a value meets the target.
func (t Target) met(v float64) bool {
	if t.AtLeast {
		return v >= t.Limit
	}
	return v <= t.Limit
}

func (t Target) String() string {
	sign, what := "≤", "×"
	if t.AtLeast {
		sign = "≥"
	}
	if t.Own {
		what = " (own)"
	}
	return fmt.Sprintf("%s %g%s", sign, t.Limit, what)
}
