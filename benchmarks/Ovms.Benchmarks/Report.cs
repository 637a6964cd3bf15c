using System.Text;

namespace Ovms.Benchmarks;

/// <summary>Collects what is printed and writes it down at the end.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    /// <summary>Prints lines and keeps them.</summary>
    public void Add(params IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            Console.WriteLine(line);
            _text.Append(line).Append('\n');
        }
    }

    /// <summary>Writes the file.</summary>
    public void Save(string path) => File.WriteAllText(path, _text.ToString());
}
