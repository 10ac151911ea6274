package manager

import (
	uberzap "go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
)

// LazyValues has a logger write down the values that it was given when it
// writes a line, and not before: every reconcile gets a logger with its
// object's name, and hardly any of them writes a line.
func LazyValues() zap.Opts {
	return zap.RawZapOpts(uberzap.WrapCore(func(core zapcore.Core) zapcore.Core { return lazyCore{core} }))
}

// lazyCore makes cores that take their fields when they are written to.
type lazyCore struct{ zapcore.Core }

// With implements zapcore.Core.
func (l lazyCore) With(fields []zapcore.Field) zapcore.Core {
	return lazyCore{zapcore.NewLazyWith(l.Core, fields)}
}
