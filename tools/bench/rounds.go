package main

import (
	"context"
	"fmt"

	"github.com/dunlin-mq/dunlin/tools/bench/proc"
	"github.com/dunlin-mq/dunlin/tools/bench/stats"
)

// Result is what the rounds of one workload measured.
type Result struct {
	Workload string      `json:"workload"`
	About    string      `json:"about"`
	Rounds   [][2]Values `json:"rounds"` // per round: server A, server B
}

// side returns the values that one quantity took on side 0 (A) or 1 (B), round by round.
func (r Result) side(i int, quantity string) []float64 {
	var out []float64
	for _, round := range r.Rounds {
		if v, ok := round[i][quantity]; ok {
			out = append(out, v)
		}
	}
	return out
}

// ratio returns the summary of A/B over the rounds.
func (r Result) ratio(quantity string) stats.Summary {
	return stats.Summarize(stats.Ratios(r.side(0, quantity), r.side(1, quantity)))
}

// runRounds measures a workload on both servers in turn.
func runRounds(ctx context.Context, w Workload, servers [2]Program, rounds int, scale Scale, progress func(string)) (Result, error) {
	result := Result{Workload: w.ID, About: w.About}
	for n := range rounds {
		var round [2]Values
		for i, p := range servers {
			progress(fmt.Sprintf("%s: round %d of %d, server %c", w.ID, n+1, rounds, 'A'+i))
			v, err := runOnce(ctx, w, p, scale)
			if err != nil {
				return result, fmt.Errorf("%s on %s: %w", w.ID, p.Path, err)
			}
			round[i] = v
		}
		result.Rounds = append(result.Rounds, round)
	}
	return result, nil
}

// runOnce measures a workload on a fresh server.
func runOnce(ctx context.Context, w Workload, p Program, scale Scale) (Values, error) {
	server, err := proc.Start(ctx, p.Path, w.Server)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	return w.Run(ctx, server, scale)
}
