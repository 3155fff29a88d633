package load

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestProgressWakesAtItsCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewProgress()
		var woken [3]bool
		for i, count := range []int64{0, 5, 10} {
			go func() {
				if err := p.Wait(t.Context(), count, make(chan struct{}, 1)); err != nil {
					t.Error(err)
				}
				woken[i] = true
			}()
		}
		for _, step := range []struct {
			add  int64
			want [3]bool
		}{
			{0, [3]bool{true, false, false}},
			{4, [3]bool{true, false, false}},
			{1, [3]bool{true, true, false}},
			{20, [3]bool{true, true, true}},
		} {
			p.Add(step.add)
			synctest.Wait()
			if woken != step.want {
				t.Errorf("at %d: woken %v, want %v", p.Count(), woken, step.want)
			}
		}
	})
}

func TestProgressWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("why")
	cancel(why)
	if err := NewProgress().Wait(ctx, 1, make(chan struct{}, 1)); !errors.Is(err, why) {
		t.Errorf("error is %v", err)
	}
}

func TestProgressLosesNoWakeUp(t *testing.T) {
	t.Parallel()
	p := NewProgress()
	const n = 20_000
	go func() {
		for range n {
			p.Add(1)
		}
	}()
	ready := make(chan struct{}, 1)
	for i := range int64(n) {
		if err := p.Wait(t.Context(), i+1, ready); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWindowHoldsBackTheFaster(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fast, slow := NewProgress(), NewProgress()
		w := newWindow(10, []*Progress{fast, slow})
		sent := int64(0)
		go func() {
			ready := make(chan struct{}, 1)
			for range 10 {
				if err := w.reserve(t.Context(), 4, ready); err != nil {
					t.Error(err)
				}
				sent += 4
			}
			if err := w.drained(t.Context(), ready); err != nil {
				t.Error(err)
			}
			sent = -1
		}()
		for _, step := range []struct{ fast, slow, want int64 }{
			{0, 0, 8},   // 12 would be more than 10 ahead of both
			{8, 0, 8},   // the slow one decides
			{0, 2, 12},  // 12-2 fits
			{4, 10, 20}, // both at 12: 20 fits, 24 does not
			{28, 27, 40},
			{0, 0, 40}, // the slow one lacks a message
			{0, 1, -1}, // drained
		} {
			fast.Add(step.fast)
			slow.Add(step.slow)
			synctest.Wait()
			if sent != step.want {
				t.Fatalf("fast %d, slow %d: sent %d, want %d", fast.Count(), slow.Count(), sent, step.want)
			}
		}
	})
}

func TestWindowMessages(t *testing.T) {
	t.Parallel()
	small, err := NewBatch([]string{subject}, letters(128))
	if err != nil {
		t.Fatal(err)
	}
	large, err := NewBatch([]string{subject}, letters(256<<10))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		subs  int
		batch *Batch
		want  int64
	}{
		{0, small, windowPerSubscriber / int64(small.stride)},
		{1, small, windowPerSubscriber / int64(small.stride)},
		{128, small, windowTotal / 128 / int64(small.stride)},
		{1000, small, int64(windowBatches * small.chunk)},
		{1, large, windowBatches},
	}
	for _, tt := range tests {
		if got := windowMessages(tt.subs, tt.batch); got != tt.want {
			t.Errorf("%d subscribers, messages of %d bytes: %d, want %d", tt.subs, tt.batch.stride, got, tt.want)
		}
	}
}
