package main

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// checkHabits looks for calls and statements that the rules forbid in this file.
func (t *tree) checkHabits(d *dir, r *report) {
	rule := modules[d.module]
	for _, f := range d.files {
		if f.test {
			t.checkSleep(f, r)
			continue
		}
		if !rule.Tool {
			t.checkInit(f, r)
		}
		// The parts of a pure module that reach sockets are its shell.
		if rule.Pure && !mayTouch(d, rule) {
			t.checkPure(f, r)
		}
	}
}

// checkSleep reports time.Sleep in a test, unless it stands in the body given to
// synctest.Test, where time is simulated and sleeping waits for nothing.
func (t *tree) checkSleep(f *file, r *report) {
	clock := importName(f.syntax, "time")
	bubble := importName(f.syntax, "testing/synctest")
	if clock == "" {
		return
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if isCall(call, bubble, "Test") {
			return false
		}
		if isCall(call, clock, "Sleep") {
			r.add(f.path, t.line(call.Pos()), "sleep", "a test that sleeps is slow or flaky: wait for a condition, or use testing/synctest")
		}
		return true
	})
}

// checkInit reports init functions: what runs on import cannot be configured,
// ordered or switched off by an embedder.
func (t *tree) checkInit(f *file, r *report) {
	for _, decl := range f.syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			r.add(f.path, t.line(fn.Pos()), "init", "no work on import: make it a function that the owner calls")
		}
	}
}

// checkPure reports goroutines and clocks.
func (t *tree) checkPure(f *file, r *report) {
	clock := importName(f.syntax, "time")
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			r.add(f.path, t.line(n.Pos()), "pure", "this module starts no goroutine: the caller has one")
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && clock != "" && x.Name == clock && impure["time"][n.Sel.Name] {
				r.add(f.path, t.line(n.Pos()), "pure", "this module reads no clock (time.%s): take the time as an argument", n.Sel.Name)
			}
		}
		return true
	})
}

// isCall reports whether call is pkg.name(…), pkg being the name in this file.
func isCall(call *ast.CallExpr, pkg, name string) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || pkg == "" || sel.Sel.Name != name {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == pkg
}

// importName is the name by which f calls the package, or nothing.
func importName(f *ast.File, path string) string {
	for _, spec := range f.Imports {
		if spec.Path.Kind != token.STRING || spec.Path.Value != strconv.Quote(path) {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path[strings.LastIndexByte(path, '/')+1:]
	}
	return ""
}
