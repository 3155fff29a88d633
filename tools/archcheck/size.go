package main

import "go/ast"

// checkSizes reports what has outgrown a reader. Tests and generated files may
// be as long as they like.
func (t *tree) checkSizes(d *dir, r *report) {
	total := 0
	for _, f := range d.files {
		if f.test || f.generated {
			continue
		}
		total += f.lines
		if f.lines > maxFileLines {
			r.add(f.path, 0, "size", "%d lines; more than %d means that it has two subjects", f.lines, maxFileLines)
		}
		for _, decl := range f.syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			first := t.line(fn.Pos())
			if n := t.line(fn.End()) - first + 1; n > maxFuncLines {
				r.add(f.path, first, "size", "%s has %d lines; more than %d fits no screen", fn.Name.Name, n, maxFuncLines)
			}
		}
	}
	if total > maxPackageLines {
		r.add(d.path+"/doc.go", 0, "size", "the package has %d lines; above %d it is two packages", total, maxPackageLines)
	}
}
