package doctor

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnotherUsersChecksAskForNoRightsOfThisProcess(t *testing.T) {
	t.Parallel()
	files := map[string]os.FileMode{"/dev/gpiochip0": 0o660, "/dev/spidev0.0": 0o660, "/proc/device-tree/model": 0o644, "/proc/device-tree/compatible": 0o644}
	var got []Finding
	for _, f := range host(t, 0, nil, files).As(1000, []string{"spi"}).SetUp(desk()) {
		if f.Check == "user" || f.Check == "GPIO" || f.Check == "SPI0.0" || f.Check == "realtime" {
			got = append(got, f)
		}
	}
	want := []Finding{
		{"user", Passed, "not root, not in gpio, in spi", "", ""},
		{"GPIO", Failed, "/dev/gpiochip0, -rw-rw----, group gpio", "this user is not in that group, or has not logged in again since joining",
			"run 'sudo hillock setup' or 'sudo usermod -aG gpio $USER'; then log in again"},
		{"SPI0.0", Passed, "/dev/spidev0.0, -rw-rw----, group spi", "", ""},
		{"realtime", Skipped, "not checked: the user's rights count from the next login", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
