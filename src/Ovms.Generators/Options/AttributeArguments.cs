using System.Globalization;
using Microsoft.CodeAnalysis;
using Ovms.Generators.Infrastructure;

namespace Ovms.Generators.Options;

/// <summary>Reads an attribute's arguments by name; null or empty if absent.</summary>
internal readonly struct AttributeArguments(AttributeData attribute)
{
    public object? Constructor(int index) =>
        index < attribute.ConstructorArguments.Length ? attribute.ConstructorArguments[index].Value : null;

    public string? Text(string name) => Find(name)?.Value as string;

    public bool Flag(string name) => Find(name)?.Value is true;

    /// <summary>A number, or the number of an enum member.</summary>
    public long? Number(string name) =>
        Find(name)?.Value is object value ? Convert.ToInt64(value, CultureInfo.InvariantCulture) : null;

    public EquatableArray<string> Texts(string name) =>
        Find(name) is { Kind: TypedConstantKind.Array, IsNull: false } array
            ? array.Values.Select(static v => v.Value as string ?? "").ToEquatableArray()
            : default;

    private TypedConstant? Find(string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
            {
                return argument.Value;
            }
        }

        return null;
    }
}
