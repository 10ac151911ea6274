package manager

import (
	"unique"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/atlassync/atlassync/api/v1alpha1"
)

// slim takes from an object what nothing reads, before it goes into the cache,
// and lets it share with others the strings that it has in common with them: of
// what a user takes, more than half is in every other user too.
func slim(object any) (any, error) {
	object, err := cache.TransformStripManagedFields()(object)
	if err != nil {
		return nil, err
	}
	switch o := object.(type) {
	case *v1alpha1.ProvisionedUser:
		slimMeta(&o.TypeMeta, &o.ObjectMeta)
		slimUser(o)
	case *v1alpha1.ProvisionedGroup:
		slimMeta(&o.TypeMeta, &o.ObjectMeta)
	case *v1alpha1.MembershipSlice:
		slimMeta(&o.TypeMeta, &o.ObjectMeta)
	}
	return object, nil
}

func slimMeta(kind *metav1.TypeMeta, meta *metav1.ObjectMeta) {
	share(&kind.Kind, &kind.APIVersion, &meta.Namespace)
	for i := range meta.Finalizers {
		share(&meta.Finalizers[i])
	}
	meta.Labels, meta.Annotations = slimMap(meta.Labels), slimMap(meta.Annotations)
}

// slimMap shares the keys, of which there are few.
func slimMap(values map[string]string) map[string]string {
	if len(values) == 0 {
		return nil
	}
	slim := make(map[string]string, len(values))
	for key, value := range values {
		share(&key)
		slim[key] = value
	}
	return slim
}

func slimUser(user *v1alpha1.ProvisionedUser) {
	spec := &user.Spec
	share(&spec.SyncConfigName, &spec.Locale, &spec.PreferredLanguage, &spec.Timezone, &spec.UserType, &spec.Title)
	if id, labelled := user.Labels[v1alpha1.LabelID]; labelled && id == spec.ID {
		user.Labels[v1alpha1.LabelID] = spec.ID
	}
	for i := range spec.Emails {
		share(&spec.Emails[i].Type)
		same(&spec.Emails[i].Value, spec.UserName)
	}
	for i := range user.Status.Directories {
		entry := &user.Status.Directories[i]
		share(&entry.Name, &entry.Target, (*string)(&entry.State), &entry.Reason, &entry.Message, &entry.Settled)
		same(&entry.Username, spec.UserName)
		same(&entry.SourceUserName, spec.UserName)
		same(&entry.WrittenEmail, spec.UserName)
	}
	for i := range user.Status.Conditions {
		condition := &user.Status.Conditions[i]
		share(&condition.Type, (*string)(&condition.Status), &condition.Reason, &condition.Message)
	}
}

// share makes strings that many objects have one in memory.
func share(texts ...*string) {
	for _, text := range texts {
		if *text != "" {
			*text = unique.Make(*text).Value()
		}
	}
}

// same makes a string that equals another one with it.
func same(text *string, other string) {
	if *text == other {
		*text = other
	}
}
