package jwtauth

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

func TestOperatorVersions(t *testing.T) {
	t.Parallel()
	for wants, want := range map[string]string{
		"": "<nil>", "2.15.2": "<nil>", "1.99.99": "<nil>", "2.14.9": "<nil>",
		"3.0.0":  "operator K expected major version 3 > server major version 2",
		"2.16.0": "operator K expected minor version 16 > server minor version 15",
		"2.15.3": "operator K expected update version 3 > server update version 2",
	} {
		if got := fmt.Sprint((&Operator{Key: "K", version: wants}).CheckVersion("2.15.2")); got != want {
			t.Errorf("%s: %s, want %s", wants, got, want)
		}
	}
	if err := (&Operator{Key: "K", version: "x"}).CheckVersion("2.15.2"); err == nil {
		t.Error("a version that is none is met")
	}
}

func TestTrustedKeys(t *testing.T) {
	t.Parallel()
	kp, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	o, err := NewOperators(nil, []string{public(kp)})
	if err != nil || !o.Trusts(public(kp)) || o.Trusts("OTHER") {
		t.Errorf("%v %v", o, err)
	}
	if _, err := NewOperators(nil, []string{"x"}); err == nil || err.Error() != `trust key "x" required to be a valid public operator nkey` {
		t.Error(err)
	}
	if _, err := NewOperators([]*Operator{{Key: public(kp)}}, []string{public(kp)}); err == nil || err.Error() != "conflicting options for 'TrustedKeys' and 'TrustedOperators'" {
		t.Error(err)
	}
}

func TestDecoratedOperator(t *testing.T) {
	t.Parallel()
	kp, err := nkeys.CreateOperator()
	if err != nil {
		t.Fatal(err)
	}
	c := jwt.NewOperatorClaims(public(kp))
	c.Name, c.SystemAccount, c.AccountServerURL = "O", "ASYS", "http://h/jwt/v1"
	token, err := c.Encode(kp)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.DecorateJWT(token)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ParseOperator(text)
	if err != nil || o.Name != "O" || o.SystemAccount != "ASYS" || o.AccountServer != "http://h/jwt/v1" || !o.Expires.IsZero() || o.Issued.IsZero() {
		t.Errorf("%+v %v", o, err)
	}
	if _, err := ParseOperator([]byte("eyJ.x")); err == nil {
		t.Error("garbage is an operator")
	}
}

func TestTimeRanges(t *testing.T) {
	t.Parallel()
	day := func(h, m int) time.Time { return time.Date(2026, 5, 6, h, m, 0, 0, time.UTC) }
	for _, tt := range []struct {
		ranges []jwt.TimeRange
		now    time.Time
		end    time.Time
		ok     bool
	}{
		{nil, day(1, 0), time.Time{}, true},
		{[]jwt.TimeRange{{Start: "08:00:00", End: "17:00:00"}}, day(12, 0), day(17, 0), true},
		{[]jwt.TimeRange{{Start: "08:00:00", End: "17:00:00"}}, day(17, 0), time.Time{}, false},
		{[]jwt.TimeRange{{Start: "08:00:00", End: "17:00:00"}}, day(8, 0), time.Time{}, false},
		{[]jwt.TimeRange{{Start: "08:00:00", End: "13:00:00"}, {Start: "11:00:00", End: "17:00:00"}}, day(12, 0), day(17, 0), true},
		{[]jwt.TimeRange{{Start: "22:00:00", End: "06:00:00"}}, day(23, 0), day(6, 0).AddDate(0, 0, 1), true},
		{[]jwt.TimeRange{{Start: "22:00:00", End: "06:00:00"}}, day(1, 0), day(6, 0), true},
		{[]jwt.TimeRange{{Start: "22:00:00", End: "06:00:00"}}, day(12, 0), time.Time{}, false},
		{[]jwt.TimeRange{{Start: "x", End: "06:00:00"}}, day(12, 0), time.Time{}, false},
	} {
		end, ok := untilWhen(tt.ranges, "UTC", tt.now)
		if ok != tt.ok || !end.Equal(tt.end) {
			t.Errorf("%v at %v: %v %v, want %v %v", tt.ranges, tt.now, end, ok, tt.end, tt.ok)
		}
	}
	if _, ok := untilWhen([]jwt.TimeRange{{Start: "00:00:00", End: "23:59:59"}}, "Moon/Sea", day(12, 0)); ok {
		t.Error("a zone that does not exist is as good as any")
	}
}
