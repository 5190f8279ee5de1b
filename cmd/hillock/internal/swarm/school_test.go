package swarm

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// block matches a file in deploy/doc/class.md: its name, and its indented lines.
var block = regexp.MustCompile(`<!-- file: (\S+) -->\n((?:    .+\n)+)`)

// schoolFiles returns the files of a school in deploy/doc/class.md.
func schoolFiles(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../../../deploy/doc/class.md")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, match := range block.FindAllStringSubmatch(string(text), -1) {
		files[match[1]] = strings.ReplaceAll("\n"+match[2], "\n    ", "\n")[1:]
	}
	for _, name := range []string{"mosquitto.conf", "hillock.acl", "passwords.sh", "boards.acl"} {
		if files[name] == "" {
			t.Fatalf("got %d files without %s", len(files), name)
		}
	}
	return files
}

// school starts mosquitto with the files of the page, and more rules. It returns the address.
func school(t *testing.T, rules, passwords string) string {
	t.Helper()
	for _, program := range []string{"mosquitto", "mosquitto_passwd"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("SKIPPED: needs mosquitto")
		}
	}
	files, dir := schoolFiles(t), t.TempDir()
	here := strings.NewReplacer("/etc/mosquitto", dir, "/run/mosquitto", dir, "/var/log/mosquitto", dir)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	conf := strings.Replace(here.Replace(files["mosquitto.conf"]), "listener 1883\n", "listener "+port+" 127.0.0.1\n", 1)
	if os.Geteuid() == 0 { // otherwise mosquitto takes another user, without access to the folder
		conf += "user root\n"
	}
	for name, text := range map[string]string{"mosquitto.conf": conf, "hillock.acl": files["hillock.acl"] + rules} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(here.Replace(files["passwords.sh"] + passwords)) {
		words := strings.Fields(line)
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
	}
	free.Close()
	run := exec.Command("mosquitto", "-c", filepath.Join(dir, "mosquitto.conf"))
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill() // it may have ended
		_ = run.Wait()
		if log, _ := os.ReadFile(filepath.Join(dir, "mosquitto.log")); t.Failed() {
			t.Logf("mosquitto: %s", log)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return address
		}
		select {
		case <-ctx.Done():
			t.Fatalf("mosquitto does not listen: %v", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// user is a client of the broker with a user and a password. Its messages are topics.
type user struct {
	mqtt.Client
	messages chan string
	lost     chan error
}

func newUser(t *testing.T, address, name, password string) *user {
	t.Helper()
	u := &user{messages: make(chan string, 100), lost: make(chan error, 1)}
	o := mqtt.NewClientOptions().AddBroker("tcp://" + address).SetClientID(t.Name() + name).SetProtocolVersion(4)
	o.SetUsername(name).SetPassword(password).SetAutoReconnect(false)
	o.SetDefaultPublishHandler(func(_ mqtt.Client, m mqtt.Message) { u.messages <- m.Topic() })
	o.SetConnectionLostHandler(func(_ mqtt.Client, err error) { u.lost <- err })
	u.Client = mqtt.NewClient(o)
	u.done(t, u.Connect())
	t.Cleanup(func() { u.Disconnect(0) })
	return u
}

// done waits for the broker's answer.
func (u *user) done(t *testing.T, token mqtt.Token) {
	t.Helper()
	if !token.WaitTimeout(30*time.Second) || token.Error() != nil {
		t.Fatalf("got %v within 30 s, want an answer", token.Error())
	}
}

func (u *user) write(t *testing.T, topic string) {
	t.Helper()
	u.done(t, u.Publish(topic, 1, false, []byte("online")))
}

// next returns the topic of the next message.
func (u *user) next(t *testing.T) string {
	t.Helper()
	select {
	case topic := <-u.messages:
		return topic
	case <-time.After(30 * time.Second):
		t.Fatal("got no message within 30 s")
		return ""
	}
}

func TestSchoolOnMosquittoCarriesEachClass(t *testing.T) {
	t.Parallel()
	address := school(t, "", "")
	for class, code := range map[string]string{"9a": "W3NC-8HTX", "9b": "K7QM-2RPD"} {
		l := small(address)
		l.Class, l.Code = class, code
		if r := load(t, l); r.Sent != 240 || r.Readers[0].Batches != 240 || r.Readers[0].Hellos != 6 || len(r.Readers[0].Gaps) > 0 {
			t.Errorf("%s: got %+v, want 240 batches and no gap", class, r)
		}
	}
	for name, l := range map[string]Load{"wrong code": {Code: "K7QM-2RPE"}, "code of another class": {Code: "W3NC-8HTX"}, "no code": {}} {
		bad := small(address)
		bad.Class, bad.Code = "9b", l.Code
		_, err := Run(t.Context(), io.Discard, bad)
		state := "not authorised: check class and join code"
		if l.Code == "" {
			state = "not authorised without a join code: add --code-file"
		}
		if want := "mqtt://" + address + ": refused: " + state + ": check --broker, --class and --code-file"; fmt.Sprint(err) != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

func TestSchoolOnMosquittoKeepsClassesApart(t *testing.T) {
	t.Parallel()
	address := school(t, "", "")
	a, b := newUser(t, address, "9a", "W3NC-8HTX"), newUser(t, address, "9b", "K7QM-2RPD")
	a.done(t, a.Subscribe("hillock/1/#", 0, nil))
	b.write(t, "hillock/1/9a/mara/state") // refused without a word: MQTT 3.1.1 has no error for it
	b.write(t, "hillock/1/9b/mara/state")
	a.write(t, "hillock/1/9a/ida/state")
	if got := a.next(t); got != "hillock/1/9a/ida/state" {
		t.Errorf("got %s, want the message of the own class alone", got)
	}
	b.Publish("hillock/1/9b/mara/hello", 0, false, make([]byte, 300_001))
	select {
	case <-b.lost:
	case <-time.After(30 * time.Second):
		t.Error("got no end of the connection after a message above max_packet_size")
	}
}

func TestSchoolOnMosquittoKeepsBoardsApart(t *testing.T) {
	t.Parallel()
	files := schoolFiles(t)
	address := school(t, files["boards.acl"], "mosquitto_passwd -b /etc/mosquitto/hillock.passwords mara secret-of-mara\n")
	mara, class := newUser(t, address, "mara", "secret-of-mara"), newUser(t, address, "9b", "K7QM-2RPD")
	class.done(t, class.Subscribe("hillock/1/9b/#", 0, nil))
	mara.done(t, mara.Subscribe("hillock/1/9b/#", 0, nil))
	mara.write(t, "hillock/1/9b/ida/state") // refused
	mara.write(t, "hillock/1/9b/mara/state")
	for _, reader := range []*user{class, mara} {
		if got := reader.next(t); got != "hillock/1/9b/mara/state" {
			t.Errorf("got %s, want the message under the own name alone", got)
		}
	}
}

// Mosquitto refuses an unknown line, so that the other tests see each line understood.
func TestMosquittoRefusesAnUnknownLine(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("mosquitto"); err != nil {
		t.Skip("SKIPPED: needs mosquitto")
	}
	file := filepath.Join(t.TempDir(), "mosquitto.conf")
	if err := os.WriteFile(file, []byte("max_packet_sizes 300000\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "mosquitto", "-c", file).CombinedOutput(); err == nil || !strings.Contains(string(out), "Unknown configuration variable") {
		t.Errorf("got %v and %s, want a refusal", err, out)
	}
}
