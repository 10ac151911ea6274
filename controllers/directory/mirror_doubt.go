package directory

// DoubtGroup makes the next look at a group and its members a real one.
func (m *Mirror) DoubtGroup(name string) {
	m.change(func(p *picture, t *touched) {
		p.dropGroup(name)
		t.group(name)
	})
}
