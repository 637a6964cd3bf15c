using System.Collections.Immutable;
using Ovms.Native;
using Ovms.Status;

namespace Ovms.Serving.Preparation;

/// <summary>--shape: one shape for the only input, or shapes by input name. They are the shapes that callers send, after --layout.</summary>
internal sealed class ShapeSetting
{
    private readonly PartialShape? _anonymous;
    private readonly ImmutableArray<KeyValuePair<string, PartialShape>> _byName;

    private ShapeSetting(PartialShape? anonymous, ImmutableArray<KeyValuePair<string, PartialShape>> byName)
    {
        _anonymous = anonymous;
        _byName = byName;
    }

    /// <summary>Not given.</summary>
    public static ShapeSetting None { get; } = new(null, []);

    /// <summary>Whether it was given.</summary>
    public bool IsGiven => _anonymous is not null || _byName.Length > 0;

    /// <summary>Reads the option's text; empty for not given.</summary>
    public static Outcome<ShapeSetting> Parse(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return None;
        }

        if (!NamedTexts.Is(text))
        {
            Outcome<PartialShape> one = ShapeText.Parse(text);
            return one.IsOk ? new ShapeSetting(one.Value, []) : one.WithoutValue;
        }

        Outcome<ImmutableArray<KeyValuePair<string, string>>> named = NamedTexts.Parse(text, StatusCode.ShapeWrongFormat);
        if (!named.IsOk)
        {
            return named.WithoutValue;
        }

        List<KeyValuePair<string, PartialShape>> shapes = [];
        foreach ((string name, string shapeText) in named.Value)
        {
            Outcome<PartialShape> shape = ShapeText.Parse(shapeText);
            if (!shape.IsOk)
            {
                return Outcome.Fail(shape.Code, $"Input {name}: {shape.Detail}");
            }

            shapes.Add(new(name, shape.Value));
        }

        return new ShapeSetting(null, [.. shapes]);
    }

    /// <summary>Finds the inputs that are meant.</summary>
    /// <returns>New shapes by input index, or: no such input, one shape for several inputs.</returns>
    public Outcome<IReadOnlyList<KeyValuePair<int, PartialShape>>> For(IReadOnlyList<PortInfo> inputs, PortNames names)
    {
        if (_anonymous is not null)
        {
            return inputs.Count == 1
                ? new KeyValuePair<int, PartialShape>[] { new(0, _anonymous) }
                : Outcome.Fail(StatusCode.AnonymousFixedShapeNotAllowed, $"The model has {inputs.Count} inputs; name the one that is meant, as in {{\"name\":\"{Written(_anonymous)}\"}}. Inputs: {Names(inputs, names)}");
        }

        List<KeyValuePair<int, PartialShape>> found = [];
        foreach ((string name, PartialShape shape) in _byName)
        {
            if (inputs.FirstOrDefault(input => names.OfInput(input) == name) is not { } port)
            {
                return Outcome.Fail(names.IsReplacedInput(name) ? StatusCode.ConfigShapeMappedButUsedRealName : StatusCode.ConfigShapeIsNotInModel, $"Given: {name}; Inputs: {Names(inputs, names)}");
            }

            found.Add(new(port.Index, shape));
        }

        return found;
    }

    // As the option writes it, not as messages do.
    private static string Written(PartialShape shape) =>
        $"({string.Join(',', shape.Dimensions.ToArray().Select(static dimension => dimension switch { { IsStatic: true } => $"{dimension.Min}", { Max: < 0 } => "-1", _ => $"{dimension.Min}:{dimension.Max}" }))})";

    private static string Names(IReadOnlyList<PortInfo> inputs, PortNames names) => PortNames.List(inputs.Select(names.OfInput));
}
