package proc

import (
	"testing"
)

const rollup = `55d3f0c00000-7ffd3b9f2000 ---p 00000000 00:00 0                          [rollup]
Rss:               17424 kB
Pss:               17021 kB
Pss_Dirty:          9000 kB
`

func TestParseRollup(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in      string
		want    int64
		wantErr bool
	}{
		"as the kernel writes it": {in: rollup, want: 17424 << 10},
		"last line without LF":    {in: "Rss: 4 kB", want: 4 << 10},
		"nothing":                 {in: "", wantErr: true},
		"other lines only":        {in: "Pss: 4 kB\n", wantErr: true},
		"no unit":                 {in: "Rss: 4\n", wantErr: true},
		"no number":               {in: "Rss:  kB\n", wantErr: true},
		"negative":                {in: "Rss: -4 kB\n", wantErr: true},
		"would overflow in bytes": {in: "Rss: 18446744073709551615 kB\n", wantErr: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := parseRollup([]byte(tt.in))
			if got != tt.want || (err != nil) != tt.wantErr {
				t.Errorf("got %d, %v; want %d, error %t", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

func FuzzParseRollup(f *testing.F) {
	f.Add([]byte(rollup))
	f.Add([]byte("Rss: 4 kB"))
	f.Add([]byte("Rss: 1125899906842624 kB\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if n, err := parseRollup(text); n < 0 || (err != nil && n != 0) {
			t.Errorf("parseRollup = %d, %v", n, err)
		}
	})
}
