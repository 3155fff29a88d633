package proc

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// ErrUnsupported is returned where the operating system offers no way to read the quantity.
var ErrUnsupported = errors.New("proc: not supported on this system")

// parseRollup finds the resident size, in bytes, in the text of /proc/PID/smaps_rollup.
func parseRollup(text []byte) (int64, error) {
	for line := range bytes.Lines(text) {
		rest, ok := bytes.CutPrefix(line, []byte("Rss:"))
		if !ok {
			continue
		}
		number, ok := bytes.CutSuffix(bytes.TrimSpace(rest), []byte(" kB"))
		if !ok {
			return 0, fmt.Errorf("proc: Rss without unit: %q", line)
		}
		kib, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 10, 50)
		if err != nil {
			return 0, fmt.Errorf("proc: Rss: %w", err)
		}
		return int64(kib) << 10, nil
	}
	return 0, errors.New("proc: no Rss line")
}
