package class

import (
	"encoding/json"
	"fmt"
)

// maxSensors is the largest number of rates for Home Assistant. Its pages are for a home, not for a network.
const maxSensors = 100

// Retained is a message that the broker keeps for later readers. An empty one deletes the message before it.
type Retained struct {
	Topic string
	Text  []byte
}

// The keys of a discovery message, in Home Assistant's short forms.
type (
	haMessage struct {
		Device       haDevice         `json:"dev"`
		Origin       haOrigin         `json:"o"`
		Components   map[string]haCmp `json:"cmps"`
		Availability string           `json:"avty_t"`
		State        string           `json:"stat_t"`
	}
	haDevice struct {
		Identifiers  []string `json:"ids"`
		Name         string   `json:"name"`
		Manufacturer string   `json:"mf"`
		Model        string   `json:"mdl,omitempty"`
		Version      string   `json:"sw,omitempty"`
	}
	haOrigin struct {
		Name    string `json:"name"`
		Version string `json:"sw,omitempty"`
	}
	haCmp struct {
		Platform   string `json:"p"`
		Name       string `json:"name,omitempty"`
		ID         string `json:"uniq_id,omitempty"`
		Value      string `json:"val_tpl,omitempty"`
		Unit       string `json:"unit_of_meas,omitempty"`
		StateClass string `json:"stat_cla,omitempty"`
		Class      string `json:"dev_cla,omitempty"`
		Category   string `json:"ent_cat,omitempty"`
		Precision  int    `json:"sug_dsp_prc,omitempty"`
	}
)

// Discovery returns the message with which Home Assistant finds a board: one device, a sensor for the rate of each neuron or population
// (the first 100), and diagnostic sensors. The sensors read Rates, and the kind state has their availability. gone are neurons of an
// earlier message: Home Assistant removes their sensors.
func Discovery(hello Hello, class, board string, gone ...string) []Retained {
	id := haID(class, board)
	m := haMessage{
		Device:       haDevice{Identifiers: []string{id}, Name: board, Manufacturer: "hillock", Model: hello.Where, Version: hello.Version},
		Origin:       haOrigin{Name: "hillock", Version: hello.Version},
		Components:   map[string]haCmp{},
		Availability: Topic{Class: class, Board: board, Kind: KindState}.String(),
		State:        Topic{Class: class, Board: board, Kind: KindRates}.String(),
	}
	for _, name := range gone {
		m.Components["rate_"+name] = haCmp{Platform: "sensor"}
	}
	for _, n := range hello.Neurons[:min(len(hello.Neurons), maxSensors)] {
		c := haCmp{Name: n.Name + " rate", Unit: "Hz", StateClass: "measurement", Class: "frequency", Precision: 1,
			Value: fmt.Sprintf("{{ value_json.neurons | selectattr('name', 'eq', '%s') | map(attribute='rate_hz') | first | default(none) }}", n.Name)}
		if n.Count > 1 {
			c.Name = n.Name + " mean rate"
		}
		m.Components["rate_"+n.Name] = c
	}
	m.Components["lateness"] = haCmp{Name: "lateness p99", Value: "{{ value_json.lateness_p99_us }}", Unit: "µs", StateClass: "measurement", Category: "diagnostic", Precision: 1}
	m.Components["late_spikes"] = haCmp{Name: "late spikes", Value: "{{ value_json.late_spikes }}", Unit: "spikes", StateClass: "total_increasing", Category: "diagnostic"}
	m.Components["lost_steps"] = haCmp{Name: "lost steps", Value: "{{ value_json.lost_steps }}", Unit: "steps", StateClass: "total_increasing", Category: "diagnostic"}
	for key, c := range m.Components {
		if c.Platform == "" {
			c.Platform, c.ID = "sensor", id+"/"+key
			m.Components[key] = c
		}
	}
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings and numbers only
	}
	return []Retained{{haTopic(class, board), text}}
}

// Forget returns the message with which Home Assistant removes a board.
func Forget(class, board string) []Retained { return []Retained{{Topic: haTopic(class, board)}} }

// haID returns the ID of a board at Home Assistant. No name has a /.
func haID(class, board string) string { return "hillock/" + class + "/" + board }

// haTopic returns the topic of a discovery message. Its parts have letters, digits, _ and - only.
func haTopic(class, board string) string {
	return "homeassistant/device/hillock_" + class + "/" + board + "/config"
}
