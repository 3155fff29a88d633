package config

import "slices"

// The rows of features that this version does not have. They are here so that
// using one is an error with a clear text, and so that mistakes inside of their
// blocks are found as well. What is inside needs no sentence until it works.

// subs are one or more rows inside of such a block.
type subs = []Option

// sub is one row.
func sub(t Type, name string, aliases ...string) subs {
	return subs{{Name: name, Aliases: aliases, Type: t}}
}

// subBlock is one row that is a block itself.
func subBlock(b *Block, name string, aliases ...string) subs {
	return subs{{Name: name, Aliases: aliases, Type: TypeSection, Block: b}}
}

// subOptions joins rows.
func subOptions(rows ...subs) []Option { return slices.Concat(rows...) }

// subTLS is the tls block of another block. It is decoded with that block; until
// then only its keys are looked at.
func subTLS() subs { return subBlock(tlsBlock, "tls") }

// subListen are the rows of every block with a listener.
func subListen() subs {
	return subOptions(sub(TypeAddress, "listen"), sub(TypeString, "host", "net"), sub(TypeInteger, "port"))
}

// subWrite are the rows of every block with a write deadline of its own.
func subWrite() subs {
	return subOptions(sub(TypeDuration, "write_deadline"), sub(TypeString, "write_timeout"))
}

// secret marks rows whose values must not be shown.
func secret(rows subs) subs {
	for i := range rows {
		rows[i].Secret = true
	}
	return rows
}
