package jetstream

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/dunlin-mq/dunlin/jetstream/api"
	"github.com/dunlin-mq/dunlin/jetstream/vfs"
)

// made opens an engine with a stream S in a file and a message in it.
func made(t *testing.T, fs vfs.FS) *rig {
	t.Helper()
	r, err := openRig(fs)
	if err != nil {
		t.Fatal(err)
	}
	var created api.StreamCreateResponse
	if !r.api("STREAM.CREATE.S", map[string]any{"name": "S", "subjects": []string{"s"}}, &created) || created.Error != nil {
		t.Fatal(created.Error)
	}
	if m, ok := r.request("s", "", "first"); !ok || !strings.Contains(m.payload, `"seq":1`) {
		t.Fatal(m)
	}
	return r
}

// get returns a message of S.
func (r *rig) get(seq uint64) string {
	var got api.MsgGetResponse
	r.api("STREAM.MSG.GET.S", map[string]any{"seq": seq}, &got)
	if got.Message == nil {
		return got.Error.Error()
	}
	return string(got.Message.Data)
}

// TestFullDiskIsTemporary: while the disk is full messages are refused and can be read;
// when there is room again, they are stored.
func TestFullDiskIsTemporary(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	r := made(t, fs)
	defer r.close(t)
	fs.Fail(func(o vfs.Op) error {
		if o.Kind == "write" || o.Kind == "create" {
			return vfs.ErrFull
		}
		return nil
	})
	// The message that finds the disk full waits for room; those after it are refused.
	waiting := make(chan reply, 1)
	go func() {
		m, _ := r.request("s", "", "second")
		waiting <- m
	}()
	for !r.engine.log.Full() {
	}
	if m, ok := r.request("s", "", "refused"); !ok || !strings.Contains(m.payload, "10047") {
		t.Errorf("on a full disk: %v", m)
	}
	if got := r.get(1); got != "first" {
		t.Errorf("read %s", got)
	}
	fs.Fail(nil)
	if m := <-waiting; !strings.Contains(m.payload, `"seq":2`) {
		t.Errorf("what waited: %v", m)
	}
	if m, ok := r.request("s", "", "third"); !ok || !strings.Contains(m.payload, `"seq":3`) {
		t.Errorf("with room again: %v", m)
	}
}

// TestBrokenDiskIsFinal: after a sync that failed nothing is acknowledged any more, and
// what was stored before can be read.
func TestBrokenDiskIsFinal(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	r := made(t, fs)
	defer r.engine.Close()
	broken := errors.New("broken")
	fs.Fail(func(o vfs.Op) error {
		if o.Kind == "sync" {
			return broken
		}
		return nil
	})
	answers := make(ear, 10)
	if _, err := r.bus.Subscribe("answers", "", answers); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		r.bus.deliver("s", &Incoming{Subject: []byte("s"), Reply: []byte("answers"), Payload: fmt.Append(nil, i)})
		if m := <-answers; !strings.Contains(m.payload, "10023") {
			t.Errorf("message %d: %s", i, m.payload)
		}
		fs.Fail(nil)
	}
	if !errors.Is(r.engine.Err(), broken) {
		t.Errorf("engine: %v", r.engine.Err())
	}
}

// TestDamagedStreamsDoNotStopTheOthers damages the checkpoint of one stream: it is
// reported and left alone, and the other one is there.
func TestDamagedStreamsDoNotStopTheOthers(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	r := made(t, fs)
	var created api.StreamCreateResponse
	r.api("STREAM.CREATE.T", map[string]any{"name": "T"}, &created)
	r.close(t)
	f, err := fs.Open("js/accounts/A/T/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xff}, 20); err != nil {
		t.Fatal(err)
	}
	r, err = openRig(fs)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close(t)
	if got := r.get(1); got != "first" {
		t.Errorf("read %s", got)
	}
	if list := r.engine.Unloaded(); len(list) != 1 || list[0] != "A > T" {
		t.Errorf("unloaded %v", list)
	}
	var again api.StreamCreateResponse
	r.api("STREAM.CREATE.T", map[string]any{"name": "T"}, &again)
	if again.Error == nil {
		t.Error("a stream was made in the place of one that could not be read")
	}
}

// TestDamagedMessagesAreConfined flips a byte in the middle of a segment: the message there
// is lost, named by its sequence, and those around it are not.
func TestDamagedMessagesAreConfined(t *testing.T) {
	t.Parallel()
	fs := vfs.NewMemory()
	r := made(t, fs)
	for i := range 20 {
		r.request("s", "", fmt.Sprintf("message %02d", i+2))
	}
	r.close(t)
	names, err := fs.List("js/accounts/A/S")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !strings.HasSuffix(name, ".seg") {
			continue
		}
		f, _ := fs.Open("js/accounts/A/S/" + name)
		size, _ := f.Size()
		b := make([]byte, size)
		_, _ = f.ReadAt(b, 0)
		at := strings.Index(string(b), "message 10")
		if _, err := f.WriteAt([]byte{'X'}, int64(at)); err != nil {
			t.Fatal(err)
		}
	}
	r, err = openRig(fs)
	if err != nil {
		t.Fatal(err)
	}
	defer r.close(t)
	st := r.engine.Account("A").Stream("S").Info().State
	if st.Msgs != 20 || st.LastSeq != 21 || st.Lost == nil || len(st.Lost.Msgs) != 1 || st.Lost.Msgs[0] != 10 {
		t.Errorf("state %+v, lost %+v", st, st.Lost)
	}
	if got := r.get(9) + r.get(11); got != "message 09message 11" {
		t.Errorf("read %s", got)
	}
}
