using System.Text;
using Culvert.Records;
using Culvert.Shipping;
using Microsoft.Extensions.Logging;

namespace Culvert.Logging;

/// <summary>
/// What one log call says besides its message: the fields of its state and scopes. Reading them runs code of the
/// program that may throw; what threw is replaced by a note. One for each thread, used again, so that a call allocates
/// nothing.
/// </summary>
internal sealed class LogCall
{
    [ThreadStatic]
    private static LogCall? _free;

    private readonly LogFields _fields = new();
    private readonly LogFields _scopeFields = new();
    private readonly StringBuilder _scopeText = new();
    private readonly RecordBuffer _rendered = new(256);
    private readonly List<string> _taken = [];
    private Redactor? _redactor;
    private bool _isRedacted;
    private bool _isStateCut;
    private bool _isScopeCut;
    private string? _note;

    private LogCall()
    {
    }

    /// <summary>What it shares with all calls like it, when that is known.</summary>
    public CallShape? Shape { get; private set; }

    /// <summary>The message template, if the state has one.</summary>
    public MessageTemplate? Template { get; private set; }

    /// <summary>The message in UTF-8, after Format returned null.</summary>
    public ReadOnlySpan<byte> Rendered => _rendered.Written;

    /// <summary>Takes this thread's; a formatter that logs finds it taken, and gets a new one.</summary>
    public static LogCall Rent()
    {
        var call = _free ?? new LogCall();
        _free = null;
        return call;
    }

    public void Return()
    {
        // The program's objects must not be kept alive by a list that waits for the next call.
        _fields.Clear();
        _scopeFields.Clear();
        if (_scopeText.Length > 0) _scopeText.Clear();
        (Template, Shape) = (null, null);
        _note = null;
        (_redactor, _isRedacted, _isStateCut, _isScopeCut) = (null, false, false, false);
        if (_taken.Count > 0) _taken.Clear();
        if (_rendered.Length <= ShippingLimits.ScratchBytesKept) _free = this;
    }

    public void ReadState<TState>(TState state)
    {
        try
        {
            Shape = StateReader<TState>.Read(state, _fields);
            if (Shape is not null)
            {
                Template = Shape.Template;
                return;
            }
        }
        catch (Exception exception)
        {
            _isStateCut = true;
            Note("Reading the state", exception);
        }

        _isStateCut |= _fields.Count > RecordLimits.AttributeCountMax;
        Template = TakeTemplate(_fields) is { } text ? MessageTemplate.Of(text) : null;
    }

    public void ReadScope(object? scope)
    {
        if (scope is null) return;
        var start = _scopeFields.Count;
        try
        {
            // A scope of keys and values has nothing to say as a text: its ToString is the name of its type.
            var isText = scope is not IEnumerable<KeyValuePair<string, object?>>;
            if (!isText) StateReader.Read(scope, _scopeFields);
            _isScopeCut |= _scopeFields.Count - start > RecordLimits.AttributeCountMax;
            isText |= TakeTemplate(_scopeFields, start) is not null;
            if (!isText) return;
            var text = scope.ToString();
            if (_scopeText.Length > 0) _scopeText.Append(" => ");
            _scopeText.Append(text);
        }
        catch (Exception exception)
        {
            _scopeFields.RemoveFrom(start);
            Note("Reading a scope", exception);
        }
    }

    /// <summary>Takes out what the rules name; what is asked for from here on is without it.</summary>
    public void Redact(Redactor redactor)
    {
        _redactor = redactor;

        // A field that was not read may stand in the message as well.
        _isRedacted = redactor.Redact(_fields.All, _taken) || _isStateCut;

        // The text of a scope holds its values, in a form that only the program knows.
        if ((redactor.Redact(_scopeFields.All, _taken) || _isScopeCut) && _scopeText.Length > 0)
            _scopeText.Clear().Append(Redactor.Mark);

        // A text with values in it, handed over as a template, is none.
        if (Template is null) return;
        var template = Encoding.UTF8.GetString(Template.Utf8);
        if (redactor.Redact(template) == template) return;
        (Template, Shape) = (null, null);
    }

    /// <summary>The message as the program's own formatter makes it, or null when it is in <see cref="Rendered"/>: the
    /// same text, made without a string.</summary>
    public string? Format<TState>(TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            if (Template is not null && StateReader<TState>.IsTemplateFormatter(formatter)
                && Template.TryRender(_fields.All, _rendered))
                return _redactor is null ? null : _redactor.Redact(Encoding.UTF8.GetString(_rendered.Written));
            if (!_isRedacted) return Redacted(formatter(state, exception) ?? "");

            // The program's formatter knows the values; what it makes of them cannot be told from them again.
            return Template is null ? Redactor.Mark : Encoding.UTF8.GetString(Template.Utf8);
        }
        catch (Exception thrown)
        {
            Note("Formatting the message", thrown);
            return Template is null ? "" : Encoding.UTF8.GetString(Template.Utf8);
        }
    }

    public void WriteAttributes(ref AttributeWriter attributes, EventId eventId, Exception? exception)
    {
        foreach (ref readonly var field in _fields.All) Add(ref attributes, field);
        if (_scopeFields.Count > 0) WriteScopeFields(ref attributes);
        if (_scopeText.Length > 0) attributes.Add(LogAttributes.Scope, Redacted(_scopeText.ToString()));
        if (eventId.Id != 0) attributes.Add(LogAttributes.EventId, (long)eventId.Id);
        if (exception is not null) WriteException(ref attributes, exception);
        if (_note is not null) attributes.Add(LogAttributes.Note, Redacted(_note));
    }

    private static string? TakeTemplate(LogFields fields, int from = 0)
    {
        // It stands last by convention.
        for (var i = fields.Count - 1; i >= from; i--)
        {
            if (fields.All[i].Key != LogAttributes.OriginalFormat) continue;
            var template = fields.All[i].Value as string;
            fields.RemoveAt(i);
            return template;
        }

        return null;
    }

    /// <summary>A key stands once: the call's own field wins over a scope's, and an inner scope over an outer
    /// one.</summary>
    private void WriteScopeFields(ref AttributeWriter attributes)
    {
        for (var i = 0; i < _scopeFields.Count; i++)
        {
            var field = _scopeFields.All[i];
            if (!_fields.HasKey(0, field.Key) && !_scopeFields.HasKey(i + 1, field.Key)) Add(ref attributes, field);
        }
    }

    private string Redacted(string text) => _redactor?.Redact(text, _taken) ?? text;

    private void WriteException(ref AttributeWriter attributes, Exception exception)
    {
        attributes.Add(LogAttributes.ExceptionType, exception.GetType().FullName ?? exception.GetType().Name);
        try
        {
            // The text of an exception holds its inner ones too.
            var (message, text) = (Redacted(exception.Message), Redacted(exception.ToString()));
            attributes.Add(LogAttributes.ExceptionMessage, message);
            attributes.Add(LogAttributes.ExceptionStackTrace, text);
        }
        catch (Exception thrown)
        {
            Note("Reading the exception", thrown);
        }
    }

    private void Add(ref AttributeWriter attributes, in LogField field)
    {
        try
        {
            AttributeValue.Add(ref attributes, field);
        }
        catch (Exception exception)
        {
            Note($"Reading '{field.Key}'", exception);
        }
    }

    private void Note(string what, Exception exception)
    {
        string said;
        try
        {
            said = exception.Message;
        }
        catch
        {
            said = "";
        }

        _note = $"{(_note is null ? "" : _note + " ")}{what} threw {exception.GetType().FullName}: {said}";
    }
}
