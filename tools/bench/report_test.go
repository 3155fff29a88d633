package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// sample is a record of two workloads with three and one rounds.
func sample() Record {
	round := func(a, b float64) [2]Values {
		return [2]Values{{cpuPerMillion: a, rate: 1e6 / a}, {cpuPerMillion: b, rate: 1e6 / b}}
	}
	return Record{
		Date:    time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		Command: "go run ./tools/bench -rounds 3",
		Machine: Machine{CPU: "Abacus", Cores: 2, OS: "linux/amd64", Kernel: "6.1", Go: "go1.26.0"},
		Servers: [2]Program{
			{Version: "dunlin 0.1.0", Build: "go1.26.0, commit 0123456789ab"},
			{Version: "nats-server: v2.15.2", Build: "go1.26.1"},
		},
		Results: []Result{
			{Workload: "one", About: "first", Rounds: [][2]Values{round(0.25, 0.5), round(0.2, 0.5), round(3, 0.75)}},
			{Workload: "two", About: "second", Rounds: [][2]Values{{{ownCPU: 1.25}, {ownCPU: 4}}}},
		},
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	all := []Workload{
		{ID: "one", Targets: []Target{{Quantity: cpuPerMillion, Limit: 0.4}}},
		{ID: "two", Targets: []Target{{Quantity: ownCPU, Own: true, Limit: 1.5}}},
	}
	var got bytes.Buffer
	if err := writeReport(&got, sample(), all); err != nil {
		t.Fatal(err)
	}
	want := `# Benchmark of 2026-02-03 04:05 UTC

- A: dunlin 0.1.0 (go1.26.0, commit 0123456789ab)
- B: nats-server: v2.15.2 (go1.26.1)
- Machine: Abacus, 2 cores, linux/amd64, kernel 6.1
- Command: ` + "`go run ./tools/bench -rounds 3`" + ` (go1.26.0)

Median (minimum–maximum) over the rounds; the ratio A/B is the median of the rounds' ratios.
CPU is user plus system time of the server process.

| Workload | Quantity | A | B | A/B | Target | |
|---|---|--:|--:|--:|--:|:-:|
| one | CPU s/M msgs | 0.25 (0.2–3) | 0.5 (0.5–0.75) | 0.5 (0.4–4) | ≤ 0.4× | ✗ |
|  | msgs/s | 4000k (333k–5000k) | 2000k (1333k–2000k) | 2 (0.25–2.5) |  |  |
| two | CPU / own base | 1.25 | 4 |  | ≤ 1.5 (own) | ✓ |

- ` + "`one`" + `: first (rounds: 3)
- ` + "`two`" + `: second (rounds: 1)
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &got, want)
	}
}

func TestRecordSurvivesJSON(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	if err := sample().writeJSON(&text); err != nil {
		t.Fatal(err)
	}
	var got Record
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := sample(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestNumbersKeepThreeDigits(t *testing.T) {
	t.Parallel()
	for in, want := range map[float64]string{
		0: "0", 0.12345: "0.123", 1.5: "1.5", 12.345: "12.3", 123.45: "123", 12345: "12345", 1234567: "1235k",
	} {
		if got := number(in); got != want {
			t.Errorf("number(%g) = %q, want %q", in, got, want)
		}
	}
}

func TestCPUModel(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"processor\t: 0\nmodel\t\t: 207\nmodel name\t: Abacus(R) 3000\n": "Abacus(R) 3000",
		"":                         "unknown",
		"Features : fp asimd\n":    "unknown",
		"model name without colon": "unknown",
	} {
		if got := cpuModel(in); got != want {
			t.Errorf("cpuModel(%q) = %q, want %q", in, got, want)
		}
	}
}
