package config

// suggest returns the option of the block whose name is closest to key, or ""
// if none is near enough to be what was meant.
func (b *Block) suggest(key string) string {
	// A third of the letters may be wrong, three at most: beyond that a
	// suggestion misleads more often than it helps.
	letters := []rune(key)
	limit := min(max(len(letters)/3, 1), 3)
	best, bestDistance := "", limit+1
	for i := range b.Options {
		for _, name := range b.Options[i].Names() {
			if d := editDistance(letters, []rune(name), limit); d < bestDistance {
				best, bestDistance = name, d
			}
		}
	}
	return best
}

// editDistance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b. It gives up with limit+1 when the lengths alone
// say that there are more than limit.
func editDistance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	// Three rows of the usual matrix: a swap looks back by two.
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		current[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			current[j] = d
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}
