package main

import (
	"context"

	"github.com/dunlin-mq/dunlin/tools/bench/load"
	"github.com/dunlin-mq/dunlin/tools/bench/proc"
)

// Configurations of servers with streams. Without a word about syncing, dunlin syncs
// before it acknowledges and the reference every two minutes.
const (
	kept        = "jetstream {store_dir: data}\n"
	keptRelaxed = "jetstream {store_dir: data, sync_interval: 2m}\n"
	keptAlways  = "jetstream {store_dir: data, sync_interval: always}\n"
)

// jetStreamWorkloads are about what is stored.
func jetStreamWorkloads() []Workload {
	file128 := load.Keep{Publishers: 4, Size: 128, Window: 500, Messages: 400_000}
	file1k := load.Keep{Publishers: 4, Size: 1 << 10, Window: 500, Messages: 200_000}
	memory := file128
	memory.Memory = true
	few := load.Keep{Publishers: 64, Size: 128, Window: 16, Messages: 20_000}
	alone := load.Keep{Publishers: 1, Size: 128, Window: 1, Messages: 3_000}
	spread := load.Keep{Publishers: 100, Streams: 100, Size: 128, Window: 1, Messages: 20_000}
	return []Workload{
		keep("js-pub-128", "4 publishers, 500 in flight, 128 B, file, each as it is by default", kept,
			[]Target{{Quantity: rate, AtLeast: true, Limit: 1.5}, {Quantity: cpuPerMillion, Limit: 0.5}}, file128),
		keep("js-pub-1k", "the same with 1 KiB", kept,
			[]Target{{Quantity: rate, AtLeast: true, Limit: 1.2}, {Quantity: cpuPerMillion, Limit: 0.6}}, file1k),
		keep("js-pub-128-2m", "the same with 128 B, both syncing every two minutes", keptRelaxed,
			[]Target{{Quantity: rate, AtLeast: true, Limit: 2.5}}, file128),
		keep("js-pub-128-always", "64 publishers, 16 in flight, 128 B, both syncing before they acknowledge", keptAlways,
			[]Target{{Quantity: rate, AtLeast: true, Limit: 30}}, few),
		keep("js-pub-memory", "4 publishers, 500 in flight, 128 B, memory", kept, cpuRatio(0.5), memory),
		keep("js-alone-2m", "1 publisher, 1 in flight, 128 B, both syncing every two minutes", keptRelaxed,
			[]Target{{Quantity: p50, Limit: 0.8}, {Quantity: p99, Limit: 0.8}}, alone),
		keep("js-100-streams", "100 streams with a publisher each, 1 in flight, both syncing before they acknowledge", keptAlways,
			[]Target{{Quantity: rate, AtLeast: true, Limit: 10}}, spread),
		fetch("js-fetch", "batches of 500 by a pull consumer without acknowledgements", load.Fetch{Size: 128, Batch: 500, Messages: 300_000}),
		fetch("js-fetch-acks", "the same, each message acknowledged", load.Fetch{Size: 128, Batch: 500, Acks: true, Messages: 300_000}),
	}
}

func keep(id, about, config string, targets []Target, k load.Keep) Workload {
	return Workload{ID: id, About: about, Server: proc.Options{Config: config}, Targets: targets,
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			k := k
			k.Messages /= scale.Divide
			m, err := k.Run(ctx, server)
			return valuesOf(m), err
		}}
}

func fetch(id, about string, f load.Fetch) Workload {
	return Workload{ID: id, About: about, Server: proc.Options{Config: kept}, Targets: cpuRatio(0.5),
		Run: func(ctx context.Context, server load.Server, scale Scale) (Values, error) {
			f := f
			f.Messages /= scale.Divide
			m, err := f.Run(ctx, server)
			return valuesOf(m), err
		}}
}
