package config

// The rows of features that this version does not have. They are here so that
// using one is an error with a clear text, and so that mistakes inside of their
// blocks are found as well. What is inside needs no sentence until it works.

// sub is a row inside of such a block.
func sub(t Type, name string, aliases ...string) Option {
	return Option{Name: name, Aliases: aliases, Type: t}
}

// subBlock is a row inside of such a block that is a block itself.
func subBlock(b *Block, name string, aliases ...string) Option {
	return Option{Name: name, Aliases: aliases, Type: TypeSection, Block: b}
}

// subOptions joins rows and lists of rows.
func subOptions(rows ...any) []Option {
	var out []Option
	for _, r := range rows {
		switch r := r.(type) {
		case Option:
			out = append(out, r)
		case []Option:
			out = append(out, r...)
		}
	}
	return out
}

// subTLS is the tls block of another block. It is decoded with that block; until
// then only its keys are looked at.
func subTLS() Option { return subBlock(tlsBlock, "tls") }

// subListen are the rows of every block with a listener.
func subListen() []Option {
	return []Option{sub(TypeAddress, "listen"), sub(TypeString, "host", "net"), sub(TypeInteger, "port")}
}

// subWrite are the rows of every block with a write deadline of its own.
func subWrite() []Option {
	return []Option{sub(TypeDuration, "write_deadline"), sub(TypeString, "write_timeout")}
}

// secret marks a row whose value must not be shown.
func secret(o Option) Option {
	o.Secret = true
	return o
}
