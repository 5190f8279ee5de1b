package class

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hillock/config"
)

// The short forms of keys, as in home-assistant/core, homeassistant/components/mqtt/abbreviations.py. Other keys are refused by the schema.
var (
	haShort = map[string]string{
		"dev": "device", "o": "origin", "cmps": "components", "avty_t": "availability_topic", "stat_t": "state_topic", "p": "platform",
		"uniq_id": "unique_id", "val_tpl": "value_template", "unit_of_meas": "unit_of_measurement", "stat_cla": "state_class",
		"dev_cla": "device_class", "ent_cat": "entity_category", "sug_dsp_prc": "suggested_display_precision",
	}
	haShortDevice = map[string]string{"ids": "identifiers", "mf": "manufacturer", "mdl": "model", "sw": "sw_version"}
	haShortOrigin = map[string]string{"sw": "sw_version", "url": "support_url"}
)

// expand returns the message with full keys. Home Assistant does it level by level, each with its own list.
func expand(m map[string]any) map[string]any {
	m = expandKeys(m, haShort)
	m["device"] = expandKeys(m["device"].(map[string]any), haShortDevice)
	m["origin"] = expandKeys(m["origin"].(map[string]any), haShortOrigin)
	for key, c := range m["components"].(map[string]any) {
		m["components"].(map[string]any)[key] = expandKeys(c.(map[string]any), haShort)
	}
	return m
}

func expandKeys(m map[string]any, full map[string]string) map[string]any {
	all := map[string]any{}
	for key, value := range m {
		if long := full[key]; long != "" {
			key = long
		}
		all[key] = value
	}
	return all
}

// discovered returns the only message of Discovery, with full keys, after a check against Home Assistant's rules.
func discovered(t *testing.T, all []Retained) (topic string, m map[string]any) {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("got %d messages, want 1", len(all))
	}
	if err := json.Unmarshal(all[0].Text, &m); err != nil {
		t.Fatal(err)
	}
	m = expand(m)
	text, err := os.ReadFile("testdata/homeassistant.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := schemaOf(t, string(text)).Validate(m); err != nil {
		t.Errorf("%v\n%s", err, all[0].Text)
	}
	// discovery.py, TOPIC_MATCHER, below the prefix "homeassistant": an ID of a node, and one of an object
	if !regexp.MustCompile(`^homeassistant/device/[a-zA-Z0-9_-]+/[a-zA-Z0-9_-]+/config$`).MatchString(all[0].Topic) {
		t.Errorf("got the topic %q", all[0].Topic)
	}
	return all[0].Topic, m
}

func TestHomeAssistantFindsTheBoard(t *testing.T) {
	topic, got := discovered(t, Discovery(exampleHello, "9b", "mara"))
	sensor := func(key, name, value, unit, class string, more map[string]any) map[string]any {
		m := map[string]any{"platform": "sensor", "name": name, "unique_id": "hillock/9b/mara/" + key, "value_template": value, "unit_of_measurement": unit, "state_class": class}
		for k, v := range more {
			m[k] = v
		}
		return m
	}
	rate := func(name string) string {
		return "{{ value_json.neurons | selectattr('name', 'eq', '" + name + "') | map(attribute='rate_hz') | first | default(none) }}"
	}
	frequency := map[string]any{"device_class": "frequency", "suggested_display_precision": 1.0}
	diagnostic := map[string]any{"entity_category": "diagnostic"}
	want := map[string]any{
		"device": map[string]any{"identifiers": []any{"hillock/9b/mara"}, "name": "mara", "manufacturer": "hillock", "model": "Raspberry Pi 5 Model B", "sw_version": "hillock v0.19.0 go1.26.8 linux/arm64"},
		"origin": map[string]any{"name": "hillock", "sw_version": "hillock v0.19.0 go1.26.8 linux/arm64"},
		"components": map[string]any{
			"rate_n1":    sensor("rate_n1", "n1 rate", rate("n1"), "Hz", "measurement", frequency),
			"rate_crowd": sensor("rate_crowd", "crowd mean rate", rate("crowd"), "Hz", "measurement", frequency),
			"lateness": sensor("lateness", "lateness p99", "{{ value_json.lateness_p99_us }}", "µs", "measurement",
				map[string]any{"entity_category": "diagnostic", "suggested_display_precision": 1.0}),
			"late_spikes": sensor("late_spikes", "late spikes", "{{ value_json.late_spikes }}", "spikes", "total_increasing", diagnostic),
			"lost_steps":  sensor("lost_steps", "lost steps", "{{ value_json.lost_steps }}", "steps", "total_increasing", diagnostic),
		},
		"availability_topic": "hillock/1/9b/mara/state",
		"state_topic":        "hillock/1/9b/mara/rates",
	}
	if topic != "homeassistant/device/hillock_9b/mara/config" || !cmp.Equal(got, want) {
		t.Errorf("got the topic %q and the difference\n%s", topic, cmp.Diff(want, got))
	}
}

// Home Assistant joins the ID of the node and that of the object with a blank (discovery.py, discovery_id).
func TestHomeAssistantKeepsBoardsApart(t *testing.T) {
	ids := map[string]string{}
	for _, of := range [][2]string{{"a_b", "c"}, {"a", "b_c"}, {"a_", "b"}, {"a", "_b"}, {"a", "b"}, {"A", "b"}, {"a-b", "c"}, {"a", "b-c"}} {
		name := of[0] + "/" + of[1]
		topic, m := discovered(t, Discovery(exampleHello, of[0], of[1]))
		all := []string{topic, "device " + fmt.Sprint(m["device"].(map[string]any)["identifiers"])}
		for _, c := range m["components"].(map[string]any) {
			all = append(all, "entity "+c.(map[string]any)["unique_id"].(string))
		}
		for _, id := range all {
			if other := ids[id]; other != "" {
				t.Errorf("%s and %s: got the same ID, %s", other, name, id)
			}
			ids[id] = name
		}
	}
}

// Online and Offline are the values that Home Assistant expects by default (mqtt/const.py, DEFAULT_PAYLOAD_AVAILABLE).
func TestHomeAssistantKnowsTheWordsOfState(t *testing.T) {
	if Online != "online" || Offline != "offline" {
		t.Errorf("got %q and %q", Online, Offline)
	}
}

func TestHomeAssistantRemovesSensorsOfGoneNeurons(t *testing.T) {
	_, got := discovered(t, Discovery(exampleHello, "9b", "mara", "old", "n1"))
	components := got["components"].(map[string]any)
	if want := map[string]any{"platform": "sensor"}; !cmp.Equal(components["rate_old"], any(want)) {
		t.Errorf("a neuron that is gone: got %v, want %v", components["rate_old"], want)
	}
	if len(components["rate_n1"].(map[string]any)) < 5 {
		t.Errorf("a neuron that came back: got %v, want its sensor", components["rate_n1"])
	}
}

func TestHomeAssistantForgetsTheBoard(t *testing.T) {
	if got, want := Forget("9b", "mara"), []Retained{{Topic: "homeassistant/device/hillock_9b/mara/config"}}; !cmp.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDiscoveryOfALargeNetworkStaysSmall(t *testing.T) {
	hello := Hello{Where: strings.Repeat("é", maxText)}
	for i := range MaxNeurons {
		hello.Neurons = append(hello.Neurons, HelloNeuron{Name: fmt.Sprintf("%032d", i), Count: 2, Model: "lif"})
	}
	all := Discovery(hello, strings.Repeat("c", config.MaxName), strings.Repeat("b", config.MaxName))
	_, got := discovered(t, all)
	if n, size := len(got["components"].(map[string]any)), len(all[0].Text); n != maxSensors+3 || size > 64<<10 {
		t.Errorf("got %d sensors and %d bytes, want %d and at most 64 KiB", n, size, maxSensors+3)
	}
}

func TestHomeAssistantSchemaRefusesMistakes(t *testing.T) {
	good := string(Discovery(exampleHello, "9b", "mara")[0].Text)
	text, err := os.ReadFile("testdata/homeassistant.json")
	if err != nil {
		t.Fatal(err)
	}
	schema := schemaOf(t, string(text))
	for _, tt := range []struct{ old, new string }{
		{`"ids":["hillock/9b/mara"],`, ``},
		{`"ids":["hillock/9b/mara"]`, `"ids":[]`},
		{`"mf"`, `"maker"`},
		{`"o":{"name":"hillock"`, `"o":{"nme":"hillock"`},
		{`"p":"sensor"`, `"p":"sensors"`},
		{`"stat_cla":"measurement"`, `"stat_cla":"measured"`},
		{`"unit_of_meas":"Hz"`, `"unit_of_meas":"hertz"`},
		{`"ent_cat":"diagnostic"`, `"ent_cat":"config"`},
		{`"uniq_id"`, `"id"`},
		{`hillock/1/9b/mara/state`, `hillock/1/+/mara/state`},
		{`"sug_dsp_prc":1`, `"sug_dsp_prc":-1`},
	} {
		bad := strings.Replace(good, tt.old, tt.new, 1)
		var m map[string]any
		if err := json.Unmarshal([]byte(bad), &m); err != nil || bad == good {
			t.Fatalf("%s: %v", tt.new, err)
		}
		if schema.Validate(expand(m)) == nil {
			t.Errorf("the schema takes %s", tt.new)
		}
	}
}
