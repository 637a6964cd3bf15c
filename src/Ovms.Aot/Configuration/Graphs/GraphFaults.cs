using Ovms.Options;
using Ovms.Status;

namespace Ovms.Configuration.Graphs;

/// <summary>Collects the faults of a graph's text, each with its place; reads values for the generated readers of messages.</summary>
/// <remarks>Each reading method returns null after adding a fault.</remarks>
/// <param name="path">The graph's file, for the sentences.</param>
internal sealed class GraphFaults(string path)
{
    // More help nobody.
    private const int Most = 20;

    // Nodes that generate text have such fields; those that infer take the settings of their models.
    private static readonly string[] s_ofModels = ["device", "target_device", "plugin_config"];

    private readonly List<string> _sentences = [];

    /// <summary>Whether there is none.</summary>
    public bool AreNone => _sentences.Count == 0;

    /// <summary>Whether further faults are left out.</summary>
    public bool AreEnough => _sentences.Count >= Most;

    /// <summary>The faults, one a sentence, in the order found; the first 20.</summary>
    public IReadOnlyList<string> Sentences => _sentences;

    /// <summary>All faults as one failure.</summary>
    public Outcome ToOutcome(StatusCode code) => Outcome.Fail(code, string.Join(" ", _sentences));

    /// <summary>Adds a fault.</summary>
    /// <param name="place">Where.</param>
    /// <param name="why">A sentence without its full stop.</param>
    public void Add(ProtoPlace place, string why)
    {
        if (!AreEnough)
        {
            _sentences.Add($"{path}, {place}: {why}{(why.EndsWith('?') ? "" : ".")}");
        }
    }

    /// <summary>Adds the fault of a field that a message does not have.</summary>
    public void Unknown(ProtoField field, string message, IReadOnlyList<string> names)
    {
        string hint = s_ofModels.Contains(field.Name) && !names.Any(s_ofModels.Contains)
            ? "; it belongs to the model in subconfig.json, as target_device or plugin_config"
            : NearestName.Of(field.Name, names) is { } nearest ? $"; did you mean {nearest}?"
            : "";
        Add(field.Place, $"{message} has no field {Shown.Bounded(field.Name)}{hint}");
    }

    /// <summary>Adds the fault of a message without a field that it needs.</summary>
    public void Missing(ProtoPlace place, string message, string field) => Add(place, $"{message} needs the field {field}");

    /// <summary>A text in quotes.</summary>
    public string? Text(ProtoField field) =>
        field.AsText() is not { } text ? Wrong<string>(field, "a text in quotes")
        : text.Contains('\0') ? Wrong<string>(field, "a text without NUL")
        : text;

    /// <summary>true or false.</summary>
    public bool? Flag(ProtoField field) => field.AsFlag() ?? Refuse<bool>(field, "true or false");

    /// <summary>A whole number of 32 bits.</summary>
    public int? Int32(ProtoField field) => field.AsInteger() is { } number and >= int.MinValue and <= int.MaxValue
        ? (int)number
        : Refuse<int>(field, $"a whole number from {int.MinValue} to {int.MaxValue}");

    /// <summary>A whole number of 64 bits.</summary>
    public long? Int64(ProtoField field) =>
        field.AsInteger() ?? Refuse<long>(field, $"a whole number from {long.MinValue} to {long.MaxValue}");

    /// <summary>A whole number of 64 bits that is not negative.</summary>
    public ulong? UInt64(ProtoField field) => field.AsCount() ?? Refuse<ulong>(field, $"a whole number from 0 to {ulong.MaxValue}");

    /// <summary>A number.</summary>
    public double? Double(ProtoField field) => field.AsReal() ?? Refuse<double>(field, "a number");

    /// <inheritdoc cref="Double"/>
    public float? Single(ProtoField field) => (float?)Double(field);

    /// <summary>A message.</summary>
    public ProtoMessage? Message(ProtoField field) => field.Message ?? Wrong<ProtoMessage>(field, "a message in braces");

    /// <summary>A member of an enumeration, by name or number.</summary>
    public long? Member(ProtoField field, (string Text, long Number)[] members)
    {
        foreach ((string text, long number) in members)
        {
            if (!field.IsText && (field.Scalar == text || field.AsInteger() == number))
            {
                return number;
            }
        }

        string? nearest = field.Scalar is null ? null : NearestName.Of(field.Scalar, members.Select(static member => member.Text));
        return Refuse<long>(
            field,
            $"one of {string.Join(", ", members.Select(static member => member.Text))}",
            nearest is null ? "" : $"; did you mean {nearest}?");
    }

    /// <summary>An entry of a map: a message with a key and a value.</summary>
    /// <param name="field">The field.</param>
    /// <param name="key">The key; set only with a value.</param>
    /// <returns>The value's field.</returns>
    public ProtoField? Entry(ProtoField field, out string? key)
    {
        key = null;
        if (Message(field) is not { } entry)
        {
            return null;
        }

        foreach (ProtoField other in entry.Fields)
        {
            if (other.Name is not ("key" or "value"))
            {
                Unknown(other, field.Name, ["key", "value"]);
                return null;
            }
        }

        if (entry.Last("key") is not { } named || entry.Last("value") is not { } value)
        {
            Add(field.Place, $"an entry of {field.Name} needs a key and a value, as in {field.Name} {{ key: \"a\" value: \"b\" }}");
            return null;
        }

        key = Text(named);
        return key is null ? null : value;
    }

    private T? Wrong<T>(ProtoField field, string takes)
        where T : class
    {
        AddWrong(field, takes, "");
        return null;
    }

    private T? Refuse<T>(ProtoField field, string takes, string hint = "")
        where T : struct
    {
        AddWrong(field, takes, hint);
        return null;
    }

    private void AddWrong(ProtoField field, string takes, string hint) => Add(
        field.Place, $"{field.Name} is {takes}; got {(field.Scalar is { } scalar ? Shown.Bounded(scalar) : "a message")}{hint}");
}
