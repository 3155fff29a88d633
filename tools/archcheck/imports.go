package main

import (
	"slices"
	"strconv"
	"strings"
)

// checkImports holds every import of d against the outer and the inner wall.
func (t *tree) checkImports(d *dir, r *report) {
	rule, known := modules[d.module]
	if !known {
		r.add(d.files[0].path, 0, "import", "module %s has no row in rules.go", d.module)
		return
	}
	if _, known := rooms[d.rel]; d.module == "server" && !known {
		r.add(d.files[0].path, 0, "import", "package %s has no row in rules.go: who may use it?", d.path)
		return
	}
	for _, f := range d.files {
		for _, spec := range f.syntax.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				continue // the parser has already refused it
			}
			if why := refuse(d, rule, f.test, imported); why != "" {
				r.add(f.path, t.line(spec.Pos()), "import", "%s must not import %s: %s", d.path, imported, why)
			}
		}
	}
}

// refuse says why a file of d may not import the package, or nothing.
func refuse(d *dir, rule moduleRule, test bool, imported string) string {
	if sibling, ok := strings.CutPrefix(imported, base+"/"); ok {
		module, rel, _ := strings.Cut(sibling, "/")
		switch {
		case module == d.module && module == "server":
			return refuseRoom(d.rel, test, rel)
		case module == d.module, slices.Contains(rule.May, module):
			return ""
		default:
			return "module " + d.module + " may import " + list(rule.May)
		}
	}
	if isStandard(imported) {
		if test || rule.Tool || !matches(outside, imported) || mayTouch(d, rule) {
			return ""
		}
		return "this package reaches no socket and no file"
	}
	if below(rule.May, imported) || test && (below(testOnly, imported) || below(rule.Tests, imported)) {
		return ""
	}
	if rule.Tool && below(testOnly, imported) {
		return "" // helpers of a tests module need not be in test files
	}
	return "module " + d.module + " may import " + list(rule.May)
}

// refuseRoom is refuse between two packages of server. Tests of a package may
// also use those that exist for tests, whose name ends in "test".
func refuseRoom(from string, test bool, to string) string {
	may := rooms[from].May
	if from == to || slices.Contains(may, to) || matches(may, to) {
		return ""
	}
	if test && strings.HasSuffix(to, "test") {
		return ""
	}
	if len(may) == 0 {
		return "it knows no other package of server"
	}
	return "within server it may import " + list(may)
}

// mayTouch reports whether d may reach sockets and files.
func mayTouch(d *dir, rule moduleRule) bool {
	if d.module == "server" {
		return rooms[d.rel].Sockets
	}
	for _, s := range rule.Sockets {
		if s == "..." || s == d.rel || s == "." && d.rel == "" || strings.HasPrefix(d.rel, s+"/") {
			return true
		}
	}
	return false
}

// isStandard reports whether the path is of the standard library, whose first
// element has no dot.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

// below reports whether path is one of the modules or lies in one.
func below(modules []string, path string) bool {
	return slices.ContainsFunc(modules, func(m string) bool {
		return path == m || strings.HasPrefix(path, m+"/")
	})
}

// matches reports whether path equals a pattern or lies below one that ends in
// "/...".
func matches(patterns []string, path string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		prefix, deep := strings.CutSuffix(p, "/...")
		return path == prefix || deep && strings.HasPrefix(path, prefix+"/")
	})
}

// list prints an allow-list in a message.
func list(names []string) string {
	if len(names) == 0 {
		return "the standard library only"
	}
	quoted := slices.Clone(names)
	for i, n := range quoted {
		if n == "" {
			quoted[i] = "the root package"
		}
	}
	return strings.Join(quoted, ", ")
}
