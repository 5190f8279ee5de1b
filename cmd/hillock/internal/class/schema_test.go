package class

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// page is the documentation of the protocol.
const page = "../../../../deploy/doc/mqtt.md"

// documented returns the example and the schema of each kind of message in the documentation.
func documented(t *testing.T) (examples map[Kind]string, schemas map[Kind]*jsonschema.Schema) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	examples, schemas = map[Kind]string{}, map[Kind]*jsonschema.Schema{}
	block := regexp.MustCompile("(?ms)^```json\n(.*?)^```$")
	for _, section := range strings.Split(string(text), "\n### ")[1:] {
		name, _, _ := strings.Cut(section, "\n")
		blocks := block.FindAllStringSubmatch(section, -1)
		if Kind(name) == KindState {
			continue
		}
		if len(blocks) < 2 {
			t.Fatalf("%s: got %d blocks, want an example and a schema", name, len(blocks))
		}
		examples[Kind(name)] = blocks[0][1]
		schemas[Kind(name)] = schemaOf(t, blocks[1][1])
		if got := schemas[Kind(name)].Title; got != name {
			t.Errorf("title of the schema below %q: got %q", name, got)
		}
	}
	return examples, schemas
}

// schemaOf returns the schema in a text. Compile checks it against the schema of schemas.
func schemaOf(t *testing.T, text string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	if doc.(map[string]any)["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("no $schema in\n%.200s", text)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.UseLoader(nil) // the schemas are complete
	if err := c.AddResource("mem:schema", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:schema")
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return schema
}

// validate checks a message against a schema.
func validate(schema *jsonschema.Schema, message []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(message))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func encodedOf[M Message](t *testing.T, m M) []byte {
	t.Helper()
	data, err := Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDocumentedExamplesAreMessages(t *testing.T) {
	examples, schemas := documented(t)
	for kind, want := range map[Kind]any{KindHello: exampleHello, KindRates: exampleRates, KindSpikes: exampleSpikes, KindAsk: exampleAsk, KindAnswer: exampleAnswer} {
		var got any
		var err error
		switch data := []byte(examples[kind]); kind {
		case KindHello:
			got, err = Decode[Hello](data)
		case KindRates:
			got, err = Decode[Rates](data)
		case KindSpikes:
			got, err = Decode[Spikes](data)
		case KindAsk:
			got, err = Decode[Ask](data)
		case KindAnswer:
			got, err = Decode[Answer](data)
		}
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("%s: got error %v and difference\n%s", kind, err, cmp.Diff(want, got))
		}
		if err := validate(schemas[kind], []byte(examples[kind])); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestMessagesFitTheirSchemas(t *testing.T) {
	_, schemas := documented(t)
	if len(schemas) != 5 {
		t.Fatalf("got %d schemas, want 5", len(schemas))
	}
	for _, tt := range []struct {
		kind Kind
		data []byte
	}{
		{KindHello, encodedOf(t, exampleHello)},
		{KindHello, encodedOf(t, Hello{Run: "r", DT: 1000, Tick: 1e-9, Speed: 1e-9, Started: exampleHello.Started})},
		{KindRates, encodedOf(t, exampleRates)},
		{KindRates, encodedOf(t, Rates{Run: "r", Step: maxWhole, LatenessP99Us: 1e300})},
		{KindSpikes, encodedOf(t, exampleSpikes)},
		{KindSpikes, encodedOf(t, batchOf(15))},
		{KindSpikes, encodedOf(t, Spikes{Run: "r", From: 1, To: 1, DT: 1e-3, AtNs: -maxClock, Skipped: 1})},
		{KindSpikes, encodedOf(t, Spikes{Run: "r", From: maxWhole, To: maxWhole, DT: 1, AtNs: maxClock, Spikes: map[string][]int64{"n1.100000": {maxWhole}}})},
		{KindAsk, encodedOf(t, exampleAsk)},
		{KindAnswer, encodedOf(t, exampleAnswer)},
	} {
		if err := validate(schemas[tt.kind], tt.data); err != nil {
			t.Errorf("%s\n%.200s", err, tt.data)
		}
	}
}

// beyond are the rules beyond a schema, as they stand in the documentation.
var beyond = regexp.MustCompile(`^\w+: (to: must be between 11|to: must end the batch|skipped: must be between 0 and 10, got 11|` +
	`spikes\.n1\[1\]: must be (between 11 and 20, got (21|10)|more than the step before)|spikes: must have at most 20000 spikes|` +
	`started: must be a time of the years|answered_ns: must be between 5|must be at most 262144 bytes)`)

func TestSchemasRefuseBadMessages(t *testing.T) {
	_, schemas := documented(t)
	refused, over := 0, 0
	for _, m := range badMessages() {
		if m.kind == KindState {
			continue
		}
		if err := validate(schemas[m.kind], []byte(m.good)); err != nil {
			t.Errorf("a good message: %v", err)
		}
		switch err := validate(schemas[m.kind], []byte(m.text())); {
		case err != nil:
			refused++
		case beyond.MatchString(m.want):
			over++
		default:
			t.Errorf("the schema takes a message that boards refuse: %s\n%.200s", m.want, m.text())
		}
	}
	t.Logf("%d refused, %d beyond the schemas", refused, over)
	if refused < 60 {
		t.Errorf("got %d refused messages, want 60 at least", refused)
	}
}

// A key in the code without a place in the schema would be no part of the protocol, and the other way round.
func TestSchemasNameEachKey(t *testing.T) {
	_, schemas := documented(t)
	for kind, data := range map[Kind][]byte{KindHello: encodedOf(t, exampleHello), KindRates: encodedOf(t, exampleRates), KindSpikes: encodedOf(t, exampleSpikes),
		KindAsk: encodedOf(t, exampleAsk), KindAnswer: encodedOf(t, exampleAnswer)} {
		var keys map[string]json.RawMessage
		if err := json.Unmarshal(data, &keys); err != nil {
			t.Fatal(err)
		}
		required := map[string]bool{}
		for _, key := range schemas[kind].Required {
			required[key] = true
		}
		for key := range keys {
			if schemas[kind].Properties[key] == nil || !required[key] {
				t.Errorf("%s: %s: no required property of the schema", kind, key)
			}
		}
		if len(keys) != len(required) || len(keys) != len(schemas[kind].Properties) {
			t.Errorf("%s: got %d keys, %d required ones and %d properties", kind, len(keys), len(required), len(schemas[kind].Properties))
		}
	}
}
