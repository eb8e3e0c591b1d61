System.Console.WriteLine("The embedded engine is not part of the Orleans build: nothing to test.");
