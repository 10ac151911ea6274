package crowd

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/atlassync/atlassync/hack/simulator/userbase"
)

// feedSerial begins every token: it stands for the time since which the
// instance keeps events.
const feedSerial = "8047511070899496297"

// feed is what has changed so far. Events are made when somebody looks, by
// comparing what there is with what there was at the last look, so that they
// tell of all changes, whoever made them and whatever way.
type feed struct {
	last   snapshot
	events []eventEntity
	first  int // number of the first event that is still kept
}

func (f *feed) start(b *userbase.Base) { f.last = take(b) }

// look adds the events since the last look.
func (f *feed) look(b *userbase.Base, keep int, renames bool) {
	now := take(b)
	if f.last.renamed(now) && !renames {
		f.first += len(f.events) + 1
		f.events = nil
	} else {
		f.events = append(f.events, f.last.compare(now)...)
	}
	if excess := len(f.events) - keep; excess > 0 {
		f.events = f.events[excess:]
		f.first += excess
	}
	f.last = now
}

func (f *feed) token() string {
	return feedSerial + ":" + strconv.Itoa(f.first+len(f.events))
}

// since gives the events after a token, if they are all still there.
func (f *feed) since(token string) ([]eventEntity, bool) {
	serial, number, _ := strings.Cut(token, ":")
	at, err := strconv.Atoi(number)
	if err != nil || serial != feedSerial || at < f.first || at > f.first+len(f.events) {
		return nil, false
	}
	return f.events[at-f.first:], true
}

// eventList is Crowd's EventEntityList.
//
// https://docs.atlassian.com/atlassian-crowd/7.1.0/com/atlassian/crowd/integration/rest/entity/EventEntityList.html
type eventList struct {
	XMLName   xml.Name `json:"-"                                   xml:"events"`
	Token     string   `json:"newEventToken"                       xml:"newEventToken,attr"`
	Available bool     `json:"incrementalSynchronisationAvailable" xml:"incrementalSynchronisationAvailable,attr"`
	Events    []any    `json:"events"                              xml:",any"`
}

// eventEntity is an event of any kind; what its JSON looks like is guessed
// from the vendor's classes.
type eventEntity struct {
	XMLName      xml.Name  `json:"-"`
	Operation    string    `json:"operation"              xml:"operation"`
	User         *ref      `json:"user,omitempty"         xml:"user"`
	Group        *ref      `json:"group,omitempty"        xml:"group"`
	ChildUser    *ref      `json:"childUser,omitempty"    xml:"childUser"`
	ParentGroups *groupRef `json:"parentGroups,omitempty" xml:"parentGroups"`
	ChildGroups  *groupRef `json:"childGroups,omitempty"  xml:"childGroups"`
}

type ref struct {
	Name string `json:"name" xml:"name,attr"`
}

type groupRef struct {
	Groups []ref `json:"groups" xml:"group"`
}

// currentToken is GET event.
func (s *Server) currentToken(*call) (answer, error) {
	s.feed.look(s.Base, s.options.FeedLength, s.options.Unconfirmed.RenameEvents)
	return answer{http.StatusOK, &eventList{Token: s.feed.token(), Available: !s.options.FeedOff, Events: []any{}}}, nil
}

// eventsSince is GET event/{token}.
func (s *Server) eventsSince(token string) (answer, error) {
	s.feed.look(s.Base, s.options.FeedLength, s.options.Unconfirmed.RenameEvents)
	events, ok := s.feed.since(token)
	if !ok || s.options.FeedOff {
		return answer{}, refuse(s.options.Unconfirmed.TokenExpiredStatus, "OPERATION_FAILED",
			"The event token %s has expired", token)
	}
	list := &eventList{Token: s.feed.token(), Available: true, Events: []any{}}
	for _, event := range events {
		if s.options.Unconfirmed.WrappedEvents {
			list.Events = append(list.Events, map[string]any{event.XMLName.Local: event})
		} else {
			list.Events = append(list.Events, event)
		}
	}
	return answer{http.StatusOK, list}, nil
}

func kind(name string) xml.Name { return xml.Name{Local: name} }

func aboutUser(operation, name string) eventEntity {
	return eventEntity{XMLName: kind("userEvent"), Operation: operation, User: &ref{name}}
}

func aboutGroup(operation, name string) eventEntity {
	return eventEntity{XMLName: kind("groupEvent"), Operation: operation, Group: &ref{name}}
}

func aboutMember(operation, user, group string) eventEntity {
	return eventEntity{XMLName: kind("userMembershipEvent"), Operation: operation,
		ChildUser: &ref{user}, ParentGroups: &groupRef{[]ref{{group}}}}
}

func aboutChild(operation, child, parent string) eventEntity {
	return eventEntity{XMLName: kind("groupMembershipEvent"), Operation: operation,
		Group: &ref{child}, ParentGroups: &groupRef{[]ref{{parent}}}, ChildGroups: &groupRef{[]ref{}}}
}

// String helps to read a failed test.
func (e eventEntity) String() string { return fmt.Sprintf("%s %s", e.XMLName.Local, e.Operation) }
