using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Gatehouse.Architecture.Tests.Support;

/// <summary>What compiled code mentions. Follows async methods, iterators and lambdas into what the compiler made of them.</summary>
internal static class Code
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields()
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>The type's own methods and those of the types within it.</summary>
    public static IEnumerable<MethodBase> MethodsOf(Type type) =>
        type.GetMembers(All).OfType<MethodBase>().Concat(type.GetNestedTypes(All).SelectMany(MethodsOf));

    /// <summary>Every type that a type mentions: in its signatures, its fields, its code.</summary>
    public static HashSet<Type> TypesUsedBy(Type type)
    {
        var used = new HashSet<Type>();
        var shell = type.GetInterfaces().Append(type.BaseType)
            .Concat(type.GetFields(All).Select(field => field.FieldType))
            .Concat(type.GetNestedTypes(All).SelectMany(TypesUsedBy));
        var code = MethodsOf(type).SelectMany(method => Signature(method)
            .Concat(method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [])
            .Concat(MembersUsedBy(method).SelectMany(member => member switch
            {
                Type mentioned => [mentioned],
                MethodBase called => Signature(called).Append(called.DeclaringType)
                    .Concat(called.IsGenericMethod ? called.GetGenericArguments() : []),
                FieldInfo field => [field.DeclaringType, field.FieldType],
                _ => Enumerable.Empty<Type?>(),
            })));
        foreach (var mentioned in shell.Concat(code)) Add(mentioned);
        return used;

        void Add(Type? mentioned)
        {
            if (mentioned is null || mentioned.IsGenericParameter) return;
            if (mentioned.HasElementType)
            {
                Add(mentioned.GetElementType());
                return;
            }
            foreach (var argument in mentioned.GetGenericArguments()) Add(argument);
            used.Add(mentioned.IsGenericType ? mentioned.GetGenericTypeDefinition() : mentioned);
        }
    }

    /// <summary>The methods, fields and types that a method's code names.</summary>
    public static IEnumerable<MemberInfo> MembersUsedBy(MethodBase method)
    {
        if (method.GetCustomAttribute<StateMachineAttribute>() is { } machine)
        {
            foreach (var step in MethodsOf(machine.StateMachineType)) yield return step;
        }
        var typeArguments = method.DeclaringType?.GetGenericArguments();
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in TokensIn(method.GetMethodBody()?.GetILAsByteArray() ?? []))
        {
            if (method.Module.ResolveMember(token, typeArguments, methodArguments) is { } member) yield return member;
        }
    }

    private static IEnumerable<Type?> Signature(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).Append((method as MethodInfo)?.ReturnType);

    private static IEnumerable<int> TokensIn(byte[] il)
    {
        for (var at = 0; at < il.Length;)
        {
            var code = il[at] == 0xfe ? OpCodes[(short)(0xfe00 | il[at + 1])] : OpCodes[il[at]];
            at += code.Size;
            if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return BitConverter.ToInt32(il, at);
            }
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
        }
    }
}
