package syntax

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The digests are what nats-server -t reports for the same text.
func TestDigestIsThatOfTheReferenceServer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`port: 4222`:                  `sha256:797533ebd0dfba7d34a0f9337ecf147e442871f48ddfd07ed751575a5737267e`,
		`server_metadata { }`:         `sha256:da664f0e7f41b0207a1216029b2c66ac8d2368321f65d46aeda76beff889e9d2`,
		`server_tags: []`:             `sha256:6347faf9d6691d35437cc5ce90e411751bdf4570bc0a89d1ab0d1c3d1936b0e2`,
		`server_tags: [a,b]`:          `sha256:e09a48bacda8a05513e0da3231f1cef15d6c5fc6831f9a9b17c803c10209238c`,
		"server_tags: [a\nb]":         `sha256:e09a48bacda8a05513e0da3231f1cef15d6c5fc6831f9a9b17c803c10209238c`,
		`{ port: 1 } { debug: true }`: `sha256:1097b68e8cc2a0bc7b679158cb0ae12f4aed98d1f39729bd237b52b50077b046`,
		`server_name: a\x41b`:         `sha256:86a045bc3ef9079948c7cd17092c174bbf62d8218c738fcaaba635d914d6fa14`,
		`server_name: 'a\q'`:          `sha256:8cacadd1824b4005847669ebaa878d97d0224a6bf4bc83da7f74fb1221c4dde6`,
		`server_name: a#b # comment`:  `sha256:accdc0f90560b798884a35bbc16d6d88e9a8d7e8cc2f481daff3158a6f807b54`,
		"include p.conf\ndebug: true": `sha256:8d697893eada17225f028a97ac0a0cfbd85dfb1fe0f606aa6f327a81bf911795`,
		`include nested.conf`:         `sha256:8d697893eada17225f028a97ac0a0cfbd85dfb1fe0f606aa6f327a81bf911795`,
		"max_payload: 1MB\nping_interval: \"2m\"\nwrite_deadline: 5s\n":                                  `sha256:9b0df845ef5fd015079ef46054f7c159f325f4e1b00ec94d8fc7bacdf48620ff`,
		"server_metadata { b: 'x', a: \"<&>\", c: é }\n":                                                 `sha256:482245ff5996717720da6dd05d793c17a6af096b1ef3590d794c237bc536071a`,
		"cluster { name: east, listen: \"127.0.0.1:-1\", routes = [ nats://a:6222\n nats://b:6222 ] }\n": `sha256:8e416d4ce239ee5068e4844062a195fd6ce13b6510e828d9c484e7f65e8e02d4`,
		"authorization {\n  users = [\n    {user: alice, password: $2a$11$W2zko751KUvVy59mUTWmpOdWjpEm5qhcCZRd05GjI/sSOT.xtiHyG, permissions: {publish: [\"a.>\", b], subscribe: {deny: \"c\"}}}\n  ]\n  timeout: 1.5\n}\n": `sha256:f323ef595226462a9feb8f29f3c414500a92c2d1a28adb1aff60c56e4635b1cd`,
		"TOKEN = secret\nauthorization { token: $TOKEN }\n": `sha256:c87301346b1f0e86b376cc2f85ccc32c62d4d0753182ab733352050ac2e102e4`,
		"accounts { A { users [ {user: a, password: b} ], exports: [ {service: s.a} ] }\n B { users: [{user: c, password: d}], imports [ {service {account: A, subject: s.a}} ] } }\n": `sha256:32cfb70b7310e711b856e9acdfba654c5dd9fd64fc6f3d21ab306b57962d5bde`,
		"accounts { }\n": `sha256:4b5b1053e2e2e40fd275b9db6c68fb7f7ec089b0898b1d5b6b981b5fcbed84b2`,
		"jetstream { max_mem: 1G, max_file: 10GiB, store_dir: \"/tmp/x\" }\n": `sha256:79e500e4d2d01e260d6da863ee29d099738e87a3182f1bf1a7e4008d8659528d`,
		"debug: $E15\nport: $E1\n": `sha256:ed7b4a692a7c892be12b5fe3605d54912474ef66d667c26b55adae4aee939230`,
		"when = 2026-01-02T15:04:05Z\nf = 1.5\nbig = 1e\nz = -0.0\nport: $z\nport: $f\nport: $big\nport: $when\nport: 4222": `sha256:92d244e4fc7c6b4ae919547fe4b4aaa96cefac08db432b69fa17465337c497ff`,
		"tls_x = {a: [], b: [[], {}], c: off}\nport: $tls_x\nport: 4222\nPORT: 4223\n":                                      `sha256:18f50d1e1fc5a04d44946c84b392f16414b5f2691e32cc113998cbb913c1da33`,
		"block (\n some\n\ttext\n)\nport: $block\nport: 1":                                                                  `sha256:a93586b74dc2d2fdfacd318f70658b80d84b955f81b898846229ae8538c3b992`,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m, err := Parse("c.conf", []byte(text), testOptions)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, Digest(m)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// toJSON renders a tree as its digest sees it.
func toJSON(m *Map) string {
	text, err := json.Marshal(m.plain())
	if err != nil {
		return err.Error()
	}
	return string(text)
}
