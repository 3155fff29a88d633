package main

import (
	"go/ast"
	"go/token"
	"slices"
)

// checkDocs wants a doc.go in every package and a comment on every name that
// another package can use.
func (t *tree) checkDocs(d *dir, r *report) {
	t.checkPackageDoc(d, r)
	if d.isMain() {
		return
	}
	for _, f := range d.files {
		if f.test || f.generated {
			continue
		}
		for _, decl := range f.syntax.Decls {
			t.checkDeclDoc(f, decl, r)
		}
	}
}

// checkPackageDoc looks for the package comment. A command may carry it in
// main.go; a directory with nothing but tests anywhere.
func (t *tree) checkPackageDoc(d *dir, r *report) {
	testsOnly := !slices.ContainsFunc(d.files, func(f *file) bool { return !f.test })
	var commented []string
	for _, f := range d.files {
		if f.syntax.Doc != nil && (testsOnly || !f.test) {
			commented = append(commented, f.name)
		}
	}
	switch {
	case len(commented) == 0:
		r.add(d.files[0].path, 0, "doc", "package %s has no package comment: write doc.go", d.path)
	case testsOnly:
	case !slices.Contains(commented, "doc.go") && !(d.isMain() && slices.Contains(commented, "main.go")):
		r.add(d.path+"/"+commented[0], 0, "doc", "the package comment belongs in doc.go")
	case len(commented) > 1:
		r.add(d.path+"/"+commented[1], 0, "doc", "a second package comment (the other one is in %s)", commented[0])
	}
}

// checkDeclDoc wants a comment on an exported declaration. A group's comment
// covers its members.
func (t *tree) checkDeclDoc(f *file, decl ast.Decl, r *report) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Doc == nil && decl.Name.IsExported() && exportedReceiver(decl) && !selfEvident(decl) {
			r.add(f.path, t.line(decl.Pos()), "doc", "exported %s has no comment", decl.Name.Name)
		}
	case *ast.GenDecl:
		if decl.Tok == token.IMPORT || decl.Doc != nil {
			return
		}
		for _, spec := range decl.Specs {
			if name := undocumented(spec); name != nil {
				r.add(f.path, t.line(name.Pos()), "doc", "exported %s has no comment", name.Name)
			}
		}
	}
}

// undocumented returns the exported name of a spec that has no comment of its
// own, before it or behind it.
func undocumented(spec ast.Spec) *ast.Ident {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		if spec.Name.IsExported() && spec.Doc == nil && spec.Comment == nil {
			return spec.Name
		}
	case *ast.ValueSpec:
		if spec.Doc != nil || spec.Comment != nil {
			return nil
		}
		for _, name := range spec.Names {
			if name.IsExported() {
				return name
			}
		}
	}
	return nil
}

// selfEvident reports whether fn is a method whose whole contract is that of an
// interface of the standard library.
func selfEvident(fn *ast.FuncDecl) bool {
	switch fn.Name.Name {
	case "String", "Error", "Unwrap":
		return fn.Recv != nil
	}
	return false
}

// exportedReceiver reports whether another package can call fn: it is no method,
// or one of an exported type.
func exportedReceiver(fn *ast.FuncDecl) bool {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return true
	}
	for typ := fn.Recv.List[0].Type; ; {
		switch x := typ.(type) {
		case *ast.StarExpr:
			typ = x.X
		case *ast.IndexExpr:
			typ = x.X
		case *ast.IndexListExpr:
			typ = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return true
		}
	}
}
