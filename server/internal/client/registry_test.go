package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dunlin-mq/dunlin/server/internal/conn"
)

func TestRegistryBoundsItsClients(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ limit, fit int }{{3, 3}, {1, 1}, {0, 0}, {-1, 0}} {
		var r Registry
		fit := 0
		for id := range uint64(5) {
			if r.Add(&Client{id: id}, tt.limit) {
				fit++
			}
		}
		if fit != tt.fit || r.Len() != tt.fit || len(r.All()) != tt.fit {
			t.Errorf("limit %d: %d fit, %d are there; want %d", tt.limit, fit, r.Len(), tt.fit)
		}
	}
}

func TestRegistryFindsOpenClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	a, b := w.join(), w.join()
	r := &w.env.Registry
	if r.Get(a.c.id) != a.c || r.Get(b.c.id) != b.c || r.Get(99) != nil {
		t.Error("clients are not found by their ids")
	}
	a.leave()
	if r.Get(a.c.id) != nil || r.Len() != 1 {
		t.Error("a client that left is still open")
	}
}

func TestRegistryKeepsTheLastReports(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		keep int
		want []uint64
	}{{0, nil}, {-1, nil}, {1, []uint64{5}}, {3, []uint64{3, 4, 5}}, {5, []uint64{1, 2, 3, 4, 5}}, {9, []uint64{1, 2, 3, 4, 5}}} {
		var r ring
		for id := range uint64(5) {
			r.push(&Report{ID: id + 1}, tt.keep)
		}
		var got []uint64
		for _, rep := range r.all() {
			got = append(got, rep.ID)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("keep %d: -want +got:\n%s", tt.keep, diff)
		}
	}
}

func TestTotalsOutliveTheClients(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	p := w.quiet()
	p.send("SUB a 1", "SUB b 2", "SUB a 3", "UNSUB 1", "SUB a q 4", "PUB a 3", "hey", "PING")
	for line := ""; line != "PONG"; {
		var err error
		if line, err = p.next(); err != nil {
			t.Fatal(err)
		}
	}
	want := Totals{In: conn.Traffic{Msgs: 1, Bytes: 3}, Out: conn.Traffic{Msgs: 2, Bytes: 6}}
	if got := w.env.Registry.Totals(); got != want {
		t.Errorf("connected: %+v, want %+v", got, want)
	}
	p.leave()
	if got := w.env.Registry.Totals(); got != want {
		t.Errorf("gone: %+v, want %+v", got, want)
	}
}
