//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dunlin-mq/dunlin/server"
	"github.com/dunlin-mq/dunlin/server/config"
)

// patience bounds waits that end at once when all is well.
const patience = 20 * time.Second

// eventually waits until a file contains text.
func eventually(t *testing.T, file, text string) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	var got []byte
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if got, _ = os.ReadFile(file); strings.Contains(string(got), text) {
			return
		}
	}
	t.Fatalf("%s holds %q, want %q", file, got, text)
}

// TestServe runs the program and sends signals to itself, so it runs alone.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	log, pid := filepath.Join(dir, "log"), filepath.Join(dir, "pid")
	conf := write(t, "listen: 127.0.0.1:-1\n")
	var stdout, stderr bytes.Buffer
	ended := make(chan int)
	go func() { ended <- run([]string{"-c", conf, "-l", log, "-P", pid}, &stdout, &stderr) }()
	signal := func(sig syscall.Signal) {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), sig); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, log, "Server is ready")

	signal(syscall.SIGUSR1)
	eventually(t, log, "File log re-opened")
	if err := os.WriteFile(conf, []byte("listen: 127.0.0.1:-1\nmax_payload: 4KB\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	signal(syscall.SIGHUP)
	eventually(t, log, "Reloaded server configuration")
	if err := os.WriteFile(conf, []byte("listen: [\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	signal(syscall.SIGHUP)
	eventually(t, log, "Failed to reload server configuration: ")
	signal(syscall.SIGTERM)
	select {
	case code := <-ended:
		if code != 0 || stdout.Len()+stderr.Len() > 0 {
			t.Errorf("exit status %d, printed %q and %q", code, stdout.String(), stderr.String())
		}
	case <-time.After(patience):
		t.Fatal("SIGTERM does not end it")
	}
	eventually(t, log, `Trapped "user defined signal 1" signal`)
	eventually(t, log, `Trapped "hangup" signal`)
	eventually(t, log, `Trapped "terminated" signal`)
	eventually(t, log, "Server Exiting..")
	if _, err := os.Stat(pid); err != nil {
		t.Errorf("pid file: %v", err)
	}
}

// TestObey gives signals to a server that is no process of its own.
func TestObey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		signals []os.Signal // the last one ends the server
	}{
		{"interrupt", []os.Signal{syscall.SIGINT}},
		{"terminate", []os.Signal{syscall.SIGTERM}},
		{"lame duck", []os.Signal{syscall.SIGUSR2}},
		{"lame duck twice", []os.Signal{syscall.SIGUSR2, syscall.SIGUSR2}},
		{"terminate again and again", []os.Signal{syscall.SIGTERM, syscall.SIGTERM, syscall.SIGINT}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv, err := server.New(server.Options{DontListen: true, Log: config.Log{NoLog: true}})
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error)
			go func() { ended <- srv.Run(context.Background()) }()
			<-srv.Ready()
			signals, done := make(chan os.Signal, len(tt.signals)), make(chan struct{})
			go obey(srv, new(config.CommandLine), signals, done)
			defer close(done)
			for _, sig := range tt.signals {
				signals <- sig
			}
			select {
			case err := <-ended:
				if err != nil {
					t.Errorf("Run: %v", err)
				}
			case <-time.After(patience):
				t.Error("the server goes on")
			}
		})
	}
}

// TestLameDuckIgnoresTerminate: only an interrupt ends a lame duck early.
func TestLameDuckIgnoresTerminate(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "log")
	srv, err := server.New(server.Options{
		DontListen: true, Log: config.Log{File: log},
		LameDuck: config.LameDuck{Duration: 2 * time.Hour, GracePeriod: time.Hour},
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- srv.Run(context.Background()) }()
	<-srv.Ready()
	nc, err := srv.InProcessConn()
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	if _, err := nc.Read(make([]byte, 4096)); err != nil { // INFO: it is a client now
		t.Fatal(err)
	}
	signals, done := make(chan os.Signal, 8), make(chan struct{})
	go obey(srv, new(config.CommandLine), signals, done)
	defer close(done)
	signals <- syscall.SIGUSR2
	eventually(t, log, "Entering lame duck mode")
	signals <- syscall.SIGTERM
	signals <- syscall.SIGUSR1 // when this was carried out, so was the other
	eventually(t, log, "File log re-opened")
	select {
	case <-ended:
		t.Fatal("SIGTERM ended a lame duck")
	default:
	}
	signals <- syscall.SIGINT
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("SIGINT does not end a lame duck")
	}
}

// TestSecondInterruptIsObeyedAtOnce has a server that never ends.
func TestSecondInterruptIsObeyedAtOnce(t *testing.T) {
	t.Parallel()
	srv, err := server.New(server.Options{DontListen: true, Log: config.Log{NoLog: true}})
	if err != nil {
		t.Fatal(err)
	}
	signals, never := make(chan os.Signal, 3), make(chan struct{})
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT} {
		signals <- sig
	}
	if obey(srv, new(config.CommandLine), signals, never) {
		t.Error("obey says that the server has ended")
	}
	if len(signals) > 0 {
		t.Errorf("%d signals are left", len(signals))
	}
}
