using System.Collections.Frozen;
using Ovms.Language.Values;

namespace Ovms.Language.Templates;

/// <summary>The methods of each kind of value.</summary>
internal static class MethodTable
{
    private static readonly FrozenDictionary<string, MethodRow>?[] s_tables = Tables();

    /// <summary>The method of a kind, or null.</summary>
    public static MethodRow? Find(JinjaKind kind, string name) => s_tables[(int)kind]?.GetValueOrDefault(name);

    /// <summary>The methods of that name, by kind.</summary>
    public static MethodRow?[] Named(string name) => [.. s_tables.Select(table => table?.GetValueOrDefault(name))];

    private static FrozenDictionary<string, MethodRow>?[] Tables()
    {
        FrozenDictionary<string, MethodRow>?[] tables = new FrozenDictionary<string, MethodRow>?[(int)JinjaKind.Object + 1];
        tables[(int)JinjaKind.String] = tables[(int)JinjaKind.Markup] = Table([.. TextMethods.Rows, .. TextQuestions.Rows]);
        tables[(int)JinjaKind.Dict] = Table(ContainerMethods.Dict);
        tables[(int)JinjaKind.List] = Table([.. ContainerMethods.Sequence, .. ContainerMethods.List]);
        tables[(int)JinjaKind.Tuple] = Table(ContainerMethods.Sequence);
        tables[(int)JinjaKind.Int] = tables[(int)JinjaKind.BigInt] = tables[(int)JinjaKind.Bool] = Table(NumberMethods.Int);
        tables[(int)JinjaKind.Float] = Table(NumberMethods.Float);
        return tables;
    }

    private static FrozenDictionary<string, MethodRow> Table(MethodRow[] rows) => rows.ToFrozenDictionary(static row => row.Name);
}
