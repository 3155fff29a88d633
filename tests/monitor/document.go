package monitor

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// volatile are the fields whose values differ from run to run. Matched against
// the last key of a path.
var volatile = regexp.MustCompile(`^(server_id|name|id|git_commit|go|port|http_port|https_port|start|now|uptime|mem|cpu|` +
	`config_load_time|last_activity|rtt|idle|cid|stop|created|max_fanout|avg_fanout|cache_hit_rate|num_(cache|inserts|matches|removes)|` +
	`lang|version|xkey|tls_cert_not_after|client_id|connections\.total|total_connections|gomemlimit|spki_sha256|cert_sha256|` +
	`num_subscriptions|subscriptions|kind_version|jwt|time_.*|update_time)$`)

// unordered are the arrays whose elements come in any order.
var unordered = regexp.MustCompile(`subscriptions_list|^account_statz$`)

// flatten turns a JSON document into a map from path to value, in which
// volatile values are replaced by the names of their types. Elements of an
// array get their index as a key; those that
// have no order are sorted.
func flatten(document string) (map[string]string, error) {
	var root any
	if err := json.Unmarshal([]byte(document), &root); err != nil {
		return nil, fmt.Errorf("%w in %q", err, document)
	}
	flat := map[string]string{}
	walk("", root, flat)
	return flat, nil
}

func walk(path string, value any, flat map[string]string) {
	join := func(key string) string { return strings.TrimPrefix(path+"."+key, ".") }
	switch value := value.(type) {
	case map[string]any:
		if len(value) == 0 {
			flat[path] = "{}"
		}
		for key, inner := range value {
			walk(join(key), inner, flat)
		}
	case []any:
		if len(value) == 0 {
			flat[path] = "[]"
		}
		if unordered.MatchString(path) {
			slices.SortFunc(value, func(a, b any) int { return strings.Compare(text(a), text(b)) })
		}
		for i, inner := range value {
			walk(join(strconv.Itoa(i)), inner, flat)
		}
	default:
		key := path[strings.LastIndex(path, ".")+1:]
		if volatile.MatchString(key) {
			flat[path] = fmt.Sprintf("some %T", value)
			return
		}
		flat[path] = text(value)
	}
}

func text(value any) string {
	b, _ := json.Marshal(value)
	return string(b)
}
