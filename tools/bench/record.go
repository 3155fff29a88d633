package main

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// Record is everything that one invocation measured, with what is needed to judge and repeat it.
type Record struct {
	Date    time.Time  `json:"date"`
	Command string     `json:"command"`
	Quick   bool       `json:"quick,omitempty"`
	Machine Machine    `json:"machine"`
	Servers [2]Program `json:"servers"` // A, B
	Results []Result   `json:"results"`
}

// Machine describes where the measurements were taken.
type Machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	OS     string `json:"os"`
	Kernel string `json:"kernel,omitempty"`
	Go     string `json:"go"` // what built this tool
}

func (r Record) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// thisMachine describes the machine; what the system does not tell is left unknown.
func thisMachine() Machine {
	m := Machine{
		CPU: "unknown", Cores: runtime.NumCPU(),
		OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
	}
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = cpuModel(string(text))
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(text))
	}
	return m
}

// cpuModel finds the name of the processor in the text of /proc/cpuinfo.
func cpuModel(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}
