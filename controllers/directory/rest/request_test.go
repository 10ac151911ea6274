package rest_test

import (
	"io"
	"net/http"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/atlassync/atlassync/controllers/directory"
	"github.com/atlassync/atlassync/controllers/directory/rest"
)

func TestBodiesThatAreNotJSON(t *testing.T) {
	g := NewWithT(t)
	var got *http.Request
	var sent []byte
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		sent, _ = io.ReadAll(r.Body)
		answering(http.StatusOK, "application/xml", `<users><user name="ada"/></users>`)(w, r)
	})
	request := rest.Request{Op: directory.OpEachUser, Method: http.MethodPost, Path: "/search",
		Reads: true, Body: []byte("<search/>"), ContentType: "application/xml", Accept: "application/xml"}
	var answer []byte
	g.Expect(connect(t, config(server)).Do(t.Context(), request, &answer)).To(Succeed())
	g.Expect(string(answer)).To(Equal(`<users><user name="ada"/></users>`))
	g.Expect(string(sent)).To(Equal("<search/>"))
	g.Expect(got.Header.Get("Accept")).To(Equal("application/xml"))
	g.Expect(got.Header.Get("Content-Type")).To(Equal("application/xml"))
}

func TestPagesAreNoXML(t *testing.T) {
	const asXML = "application/xml;charset=UTF-8"
	cases := map[string]struct {
		contentType, body string
		page              bool
	}{
		"XML":                             {asXML, `<users/>`, false},
		"XML with a declaration":          {"", "\n" + `<?xml version="1.0"?><users/>`, false},
		"XML that mentions HTML far away": {asXML, `<users><user name="&lt;html"/></users>`, false},
		"a page":                          {"text/html", `<users/>`, true},
		"a page that says it is XML":      {asXML, `<!DOCTYPE html><title>Log in</title>`, true},
		"XHTML":                           {asXML, `<?xml version="1.0"?><HTML xmlns="http://www.w3.org/1999/xhtml"/>`, true},
		"a part of a page":                {"", `<title>Log in</title>`, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			g := NewWithT(t)
			server := serve(t, answering(http.StatusOK, c.contentType, c.body))
			var answer []byte
			err := connect(t, config(server)).Do(t.Context(), read(), &answer)
			if c.page {
				g.Expect(failure(t, err).Message).To(ContainSubstring("login page"))
				return
			}
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(string(answer)).To(Equal(c.body))
		})
	}
}

func TestReadsThatAreNoGETAreNeverAmbiguous(t *testing.T) {
	server := serve(t, breaking(t))
	request := write()
	request.Reads = true
	got := failure(t, do(t, connect(t, config(server)), request))
	NewWithT(t).Expect(got.Kind).To(Equal(directory.KindUnavailable))
}

func TestAnswersMayBeLargerWhereTheRequestSaysSo(t *testing.T) {
	server := serve(t, answering(http.StatusOK, "application/xml", "<x>"+large+"</x>"))
	for most, works := range map[int64]bool{0: false, 1 << 20: false, 16 << 20: true} {
		g := NewWithT(t)
		request := read()
		request.MaxBytes = most
		var answer []byte
		err := connect(t, config(server)).Do(t.Context(), request, &answer)
		if works {
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(answer).To(HaveLen(len(large) + len("<x></x>")))
			continue
		}
		g.Expect(failure(t, err).Message).To(ContainSubstring("it is larger than"))
		g.Expect(answer).To(BeEmpty())
	}
}

func TestHeadersThatAProductNeeds(t *testing.T) {
	g := NewWithT(t)
	got := ""
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("X-ExperimentalApi")
		_, _ = io.WriteString(w, "{}")
	})
	client, err := rest.New(config(server), said, rest.Header("X-ExperimentalApi", "true"))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(do(t, client, read())).To(Succeed())
	g.Expect(got).To(Equal("true"))
	g.Expect(do(t, connect(t, config(server)), read())).To(Succeed())
	g.Expect(got).To(BeEmpty())
}

func TestRequestsThatCannotBeWritten(t *testing.T) {
	cases := map[string]func(*rest.Request){
		"no JSON":   func(r *rest.Request) { r.Body = make(chan int) },
		"no method": func(r *rest.Request) { r.Method = "BAD METHOD" },
	}
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing is sent") })
			request := write()
			spoil(&request)
			got := failure(t, do(t, connect(t, config(server)), request))
			NewWithT(t).Expect(got.Kind).To(Equal(directory.KindInvalid))
		})
	}
}
