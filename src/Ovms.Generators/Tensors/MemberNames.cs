using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Ovms.Generators.Tensors;

/// <summary>Converts arbitrary port names to C# names that are unique among the inputs or the outputs of a model.</summary>
internal sealed class MemberNames
{
    // Members of the generated classes and of every class.
    private static readonly string[] s_reserved =
    [
        "Inputs", "Outputs", "Check", "ToRequest", "From",
        "Equals", "GetHashCode", "GetType", "ToString", "MemberwiseClone", "Finalize", "ReferenceEquals",
    ];

    private readonly HashSet<string> _taken = [.. s_reserved];

    /// <summary>my_name becomes MyName, add:0 becomes Add0; a number is appended if the name is taken.</summary>
    public string Add(string portName)
    {
        StringBuilder text = new();
        bool upper = true;
        foreach (char character in portName)
        {
            if (SyntaxFacts.IsIdentifierPartCharacter(character) && character != '_')
            {
                text.Append(upper ? char.ToUpperInvariant(character) : character);
                upper = false;
            }
            else
            {
                upper = true;
            }
        }

        string name = text.Length > 0 && SyntaxFacts.IsIdentifierStartCharacter(text[0]) ? text.ToString() : "Port" + text;
        string unique = name;
        for (int number = 2; _taken.Contains(unique) || _taken.Contains(ShapeOf(unique)); number++)
        {
            unique = name + number;
        }

        _taken.Add(unique);
        _taken.Add(ShapeOf(unique));
        return unique;
    }

    /// <summary>Name of the property with the shape of a dynamic tensor.</summary>
    public static string ShapeOf(string member) => member + "Shape";
}
